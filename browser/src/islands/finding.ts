// Help while a report is written: communities of the street, categories by a word, matters like this one.

/** A part of a page, or `undefined` where the server has none. */
async function part(address: string, init: RequestInit = {}): Promise<string | undefined> {
  try {
    const answer = await fetch(address, { ...init, headers: { accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok) return undefined;
    return await answer.text();
  } catch {
    // Offline, or another question came meanwhile: the page goes on without it.
    return undefined;
  }
}

/** A new value for the same question gives up the one before. */
function latest<T>(ask: (signal: AbortSignal) => Promise<T | undefined>, use: (answer: T) => void): () => void {
  let running: AbortController | undefined;
  return () => {
    running?.abort();
    const own = new AbortController();
    running = own;
    void ask(own.signal).then((answer) => {
      if (answer !== undefined && !own.signal.aborted) use(answer);
    });
  };
}

function communities(root: Document): void {
  const street = root.querySelector<HTMLSelectElement>("select[data-area-street]");
  const community = root.querySelector<HTMLSelectElement>("select#community");
  const address = street?.dataset["areaStreet"];
  if (!street || !community || !address) return;
  const show = root.querySelector<HTMLElement>("[data-area-show]");
  if (show) show.hidden = true;
  const ask = latest<string>(
    (signal) => part(`${address}?street=${encodeURIComponent(street.value)}`, { signal }),
    (options) => {
      community.innerHTML = options;
    },
  );
  street.addEventListener("change", ask);
  // A draft that was put back may have chosen another street than the page.
  if (street.value !== "" && community.options.length <= 1) ask();
}

function categories(root: Document): void {
  const box = root.querySelector<HTMLElement>("[data-category-search]");
  const input = box?.querySelector("input");
  const groups = [...root.querySelectorAll<HTMLDetailsElement>("details.category-group")];
  if (!box || !input || groups.length === 0) return;
  box.hidden = false;
  const opened = new Map(groups.map((group) => [group, group.open]));
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLocaleLowerCase();
    for (const group of groups) {
      const inGroup = (group.querySelector("summary")?.textContent ?? "").toLocaleLowerCase().includes(wanted);
      let any = false;
      for (const choice of group.querySelectorAll<HTMLElement>(".choice")) {
        const found = inGroup || (choice.textContent ?? "").toLocaleLowerCase().includes(wanted);
        choice.hidden = !found;
        any ||= found;
      }
      group.hidden = !any;
      group.open = wanted === "" ? (opened.get(group) ?? false) : any;
    }
  });
  // The Enter key chooses the only one that is left; it does not send the form.
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const left = groups.flatMap((group) =>
      group.hidden ? [] : [...group.querySelectorAll<HTMLInputElement>(".choice:not([hidden]) input")],
    );
    if (left.length === 1) left[0]?.click();
  });
}

function similar(root: Document): void {
  const box = root.querySelector<HTMLElement>("[data-similar]");
  const address = box?.dataset["similar"];
  const form = box?.closest("form");
  const text = form?.querySelector<HTMLTextAreaElement>('textarea[name="text"]');
  if (!box || !address || !form || !text) return;
  box.setAttribute("aria-live", "polite");
  const ask = latest<string>(
    (signal) => {
      const fields = new URLSearchParams();
      for (const field of ["form_token", "text", "street", "community", "category"]) fields.set(field, String(new FormData(form).get(field) ?? ""));
      return part(address, { method: "POST", body: fields, signal });
    },
    (cards) => {
      box.innerHTML = cards.trim();
      // What is typed must not be lost by looking at another matter.
      for (const link of box.querySelectorAll("a")) link.target = "_blank";
    },
  );
  let timer = 0;
  let asked = "";
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const typed = text.value.trim();
      if (typed === asked) return;
      asked = typed;
      if ([...typed].length < 4) box.innerHTML = "";
      else ask();
    }, 900);
  });
}

/** Choosing a filter shows its list; the button stays for those without script. */
function filters(root: Document): void {
  const form = root.querySelector<HTMLFormElement>("form[data-list-form]");
  for (const select of form?.querySelectorAll("select") ?? []) {
    select.addEventListener("keydown", () => (select.dataset["keyed"] = "yes"));
    select.addEventListener("pointerdown", () => delete select.dataset["keyed"]);
    select.addEventListener("change", () => {
      // With the keyboard each step through the list is a change: there the button decides.
      if (!select.dataset["keyed"]) form?.requestSubmit();
    });
  }
}

export function finding(root: Document): void {
  communities(root);
  categories(root);
  similar(root);
  filters(root);
}
