// What is typed is kept in this tab until it has been sent, so that a closed lid or a wrong swipe loses nothing.
// Kept in the tab alone: it ends with it, which matters on a shared computer.

type Draft = Record<string, string[]>;

const name = (key: string) => `draft:${key}`;
const sent = (key: string) => `sent:${key}`;

function inputs(form: HTMLFormElement): (HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement)[] {
  return [...form.elements].filter(
    (one): one is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement =>
      (one instanceof HTMLInputElement && !["hidden", "password", "submit", "file", "search"].includes(one.type)) ||
      one instanceof HTMLTextAreaElement ||
      one instanceof HTMLSelectElement,
  ).filter((one) => one.name !== "");
}

function read(form: HTMLFormElement): Draft {
  const draft: Draft = {};
  for (const one of inputs(form)) {
    if (one instanceof HTMLInputElement && ["checkbox", "radio"].includes(one.type) && !one.checked) continue;
    if (one.value.trim() !== "") (draft[one.name] ??= []).push(one.value);
  }
  return draft;
}

/** Puts a draft back where the server has filled nothing in. */
function restore(form: HTMLFormElement, draft: Draft): void {
  for (const one of inputs(form)) {
    const values = draft[one.name];
    if (!values?.length) continue;
    if (one instanceof HTMLInputElement && ["checkbox", "radio"].includes(one.type)) {
      if (values.includes(one.value)) one.checked = true;
    } else if (one instanceof HTMLSelectElement) {
      const value = values[0];
      if (one.value === "" && [...one.options].some((option) => option.value === value)) one.value = value ?? "";
    } else if (one.value === "") {
      one.value = values[0] ?? "";
    }
  }
}

function storage(): Storage | undefined {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
}

export function drafts(root: Document): void {
  const kept = storage();
  if (!kept) return;
  const forms = [...root.querySelectorAll<HTMLFormElement>("form[data-draft]")];
  const here = new Set(forms.map((form) => form.dataset["draft"] ?? ""));
  // Sent, and the page that came back neither asks for it again nor shows it for checking: done.
  const asking = root.querySelector("form.check");
  for (const mark of Object.keys(kept).filter((key) => key.startsWith("sent:"))) {
    const key = mark.slice("sent:".length);
    if (asking) continue;
    if (!here.has(key)) kept.removeItem(name(key));
    kept.removeItem(mark);
  }
  for (const form of forms) {
    const key = form.dataset["draft"] ?? "";
    const text = kept.getItem(name(key));
    if (text && !root.querySelector("[data-focus]")) {
      try {
        restore(form, JSON.parse(text) as Draft);
      } catch {
        kept.removeItem(name(key));
      }
    }
    let timer = 0;
    const save = () => {
      try {
        kept.setItem(name(key), JSON.stringify(read(form)));
      } catch {
        // No room: the form itself still holds what was typed.
      }
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(save, 400);
    });
    form.addEventListener("submit", () => {
      save();
      kept.setItem(sent(key), "1");
    });
    window.addEventListener("pagehide", save);
  }
}
