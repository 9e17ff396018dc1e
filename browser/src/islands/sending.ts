/** A form is sent once, however often its button is pressed. */
export function sending(root: Document): void {
  for (const form of root.querySelectorAll<HTMLFormElement>('form[method="post"]')) {
    form.addEventListener("submit", (event) => {
      if (form.dataset["sent"]) {
        event.preventDefault();
        return;
      }
      form.dataset["sent"] = "yes";
      const button = event instanceof SubmitEvent ? event.submitter : null;
      button?.setAttribute("aria-busy", "true");
      // An answer that never comes must not lock the form.
      window.setTimeout(() => release(form), 15_000);
    });
  }
  // Back from the next page: the browser may show this one as it was.
  window.addEventListener("pageshow", () => {
    for (const form of root.querySelectorAll<HTMLFormElement>("form[data-sent]")) release(form);
  });
}

function release(form: HTMLFormElement): void {
  delete form.dataset["sent"];
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}
