/** A long form one step at a time. Back and forward of the browser go through the steps; nothing typed is lost. */
export function steps(root: Document): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-steps]")) stepping(root, form);
}

function stepping(root: Document, form: HTMLFormElement): void {
  const sections = [...form.querySelectorAll<HTMLElement>("[data-step]")];
  const marks = [...form.querySelectorAll<HTMLElement>("[data-steps-list] > li")];
  const next = form.querySelector<HTMLButtonElement>("[data-step-next]");
  const back = form.querySelector<HTMLButtonElement>("[data-step-back]");
  const check = form.querySelector<HTMLButtonElement>("[data-step-check]");
  if (sections.length < 2 || !next || !back || !check) return;

  let current = -1;
  const show = (index: number, move: boolean) => {
    const to = Math.max(0, Math.min(index, sections.length - 1));
    if (to === current) return;
    current = to;
    sections.forEach((section, at) => (section.hidden = at !== to));
    marks.forEach((mark, at) => {
      mark.classList.toggle("done", at < to);
      if (at === to) mark.setAttribute("aria-current", "step");
      else mark.removeAttribute("aria-current");
    });
    const last = to === sections.length - 1;
    next.hidden = last;
    check.hidden = !last;
    back.hidden = to === 0;
    if (move) {
      sections[to]?.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
      form.scrollIntoView({ block: "start" });
    }
  };
  const at = (hash: string) => {
    const target = hash.length > 1 ? root.getElementById(decodeURIComponent(hash.slice(1))) : null;
    return sections.findIndex((section) => target !== null && section.contains(target));
  };
  const go = (index: number) => {
    const id = sections[index]?.id;
    if (id) history.pushState(null, "", `#${id}`);
    show(index, true);
  };

  form.classList.add("stepping");
  const wrong = sections.findIndex((section) => section.querySelector(".field-wrong, [aria-invalid]"));
  show(wrong >= 0 ? wrong : Math.max(0, at(location.hash)), false);

  next.addEventListener("click", () => go(current + 1));
  back.addEventListener("click", () => go(current - 1));
  window.addEventListener("popstate", () => {
    const index = at(location.hash);
    if (index >= 0) show(index, true);
    // Back to where the form began; any other place on the page is no step.
    else if (location.hash === "") show(0, true);
  });
  // Links to a step or to a field with an error: show its step first.
  root.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[href^="#"]') : null;
    const hash = link?.getAttribute("href") ?? "";
    const index = at(hash);
    if (index < 0) return;
    event.preventDefault();
    const target = root.getElementById(decodeURIComponent(hash.slice(1)));
    if (target === sections[index]) {
      go(index);
      return;
    }
    show(index, false);
    target?.scrollIntoView({ block: "center" });
    target?.focus({ preventScroll: true });
  });
  // The Enter key in a line goes on to the next step, as the visible button says.
  form.addEventListener("keydown", (event) => {
    const line = event.target instanceof HTMLInputElement && event.target.type !== "submit";
    if (event.key !== "Enter" || !line || event.defaultPrevented || current === sections.length - 1) return;
    event.preventDefault();
    go(current + 1);
  });
}
