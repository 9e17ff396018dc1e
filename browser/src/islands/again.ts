/** Reads a page anew every so many seconds, where it asks for it: the big screen, which nobody sits at. */
export function again(root: Document): void {
  const seconds = Number(root.querySelector<HTMLElement>("[data-again]")?.dataset["again"]);
  if (seconds > 0) setTimeout(() => location.reload(), seconds * 1000);
}
