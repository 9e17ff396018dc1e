/** Buttons that copy (a number and its code) and that print. */
export function copying(root: Document): void {
  if (navigator.clipboard) {
    for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
      const words = button.querySelector("span") ?? button;
      const before = words.textContent;
      button.hidden = false;
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", () => {
        void navigator.clipboard.writeText(button.dataset["copy"] ?? "").then(() => {
          words.textContent = button.dataset["copied"] ?? before;
          window.setTimeout(() => (words.textContent = before), 4000);
        });
      });
    }
  }
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
