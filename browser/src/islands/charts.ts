/** Loads the charts where a page has one, once the page itself is there. */
export function charts(root: Document): void {
  const address = root.querySelector<HTMLScriptElement>("script[data-charts]")?.dataset["charts"];
  if (root.querySelector("[data-chart]") && address) void import(address);
}
