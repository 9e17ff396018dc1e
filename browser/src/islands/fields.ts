/** How many characters people see, as the rules count them: by Unicode scalar values. */
function length(text: string): number {
  return [...text].length;
}

/** Counters below fields with a limit, and the error summary that takes the focus. */
export function fields(root: Document): void {
  for (const field of root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-limit]")) {
    const counter = root.querySelector<HTMLElement>(`[data-limit-for="${CSS.escape(field.id)}"]`);
    const limit = Number(field.dataset["limit"]);
    const { left, over } = counter?.dataset ?? {};
    if (!counter || !left || !over || !(limit > 0)) continue;
    const plain = counter.textContent;
    const count = () => {
      const rest = limit - length(field.value.trim());
      counter.classList.toggle("limit-over", rest < 0);
      // Far from the limit the figure would only distract.
      if (rest > limit / 2 && limit > 60) counter.textContent = plain;
      else counter.textContent = (rest < 0 ? over : left).replace("{n}", String(Math.abs(rest)));
    };
    field.addEventListener("input", count);
    count();
  }
  root.querySelector<HTMLElement>("[data-focus]")?.focus();
}
