/** Keys of the workbench: j and k through the queue, Enter or o opens, a goes to what can be done, Escape goes back. */
export function keys(root: Document): void {
  const bench = root.querySelector<HTMLElement>("[data-keys]");
  if (!bench) return;
  // Only where there is a keyboard.
  if (window.matchMedia("(hover: hover) and (pointer: fine)").matches) {
    for (const hint of root.querySelectorAll<HTMLElement>("[data-keys-hint]")) hint.hidden = false;
  }
  const rows = () => [...bench.querySelectorAll<HTMLAnchorElement>(".queue-row")];
  root.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.altKey || event.metaKey || target?.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "Escape") {
      bench.querySelector<HTMLAnchorElement>(".work-back a")?.click();
      return;
    }
    if (event.key === "a") {
      const act = bench.querySelector<HTMLElement>("#actions summary, #actions button, #beside summary");
      if (!act) return;
      event.preventDefault();
      act.focus();
      act.scrollIntoView({ block: "center" });
      return;
    }
    if (event.key === "o") {
      const row = root.activeElement;
      if (row instanceof HTMLAnchorElement && row.classList.contains("queue-row")) row.click();
      return;
    }
    if (event.key !== "j" && event.key !== "k") return;
    const all = rows();
    const focused = all.findIndex((row) => row === root.activeElement);
    const here = focused >= 0 ? focused : all.findIndex((row) => row.hasAttribute("aria-current"));
    const to = event.key === "j" ? here + 1 : here - 1;
    const row = all[Math.max(0, Math.min(to, all.length - 1))];
    if (!row) return;
    event.preventDefault();
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  });
}
