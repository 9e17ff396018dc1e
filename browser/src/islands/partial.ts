/** Loads htmx where a page asks for partial updates. */
export function partial(root: Document): void {
  const wanted = root.querySelector("[data-hx-get],[data-hx-post],[data-hx-boost]");
  const address = root.querySelector<HTMLScriptElement>("script[data-partial]")?.dataset["partial"];
  if (wanted && address) void import(address);
}
