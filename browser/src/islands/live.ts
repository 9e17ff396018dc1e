// Figures that change while one looks at them. `data-live="topic"` listens; inside it each `data-figure="name"` shows
// the value of that name.

const format = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });

/** As the server writes figures: groups of three from 10,000 on. */
function words(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return Math.abs(value) < 10_000 ? String(value) : format.format(value);
  return typeof value === "string" ? value : undefined;
}

function show(box: HTMLElement, values: Record<string, unknown>): void {
  const places = [box, ...box.querySelectorAll<HTMLElement>("[data-figure]")];
  for (const place of places) {
    const name = place.dataset["figure"];
    const text = name === undefined ? undefined : words(values[name]);
    if (text === undefined || place.textContent === text) continue;
    place.textContent = text;
    place.classList.remove("changed");
    // Reading a measure makes the browser notice that the class was gone, so that the colour shows again.
    void place.offsetWidth;
    place.classList.add("changed");
  }
}

export function live(root: Document): void {
  if (!("EventSource" in window)) return;
  const boxes = new Map<string, HTMLElement[]>();
  for (const box of root.querySelectorAll<HTMLElement>("[data-live]")) {
    const topic = box.dataset["live"] ?? "";
    boxes.set(topic, [...(boxes.get(topic) ?? []), box]);
  }
  for (const [topic, places] of boxes) listen(root, topic, places);
}

function listen(root: Document, topic: string, places: HTMLElement[]): void {
  let source: EventSource | undefined;
  const mark = (on: boolean) => {
    for (const place of places) {
      for (const sign of place.querySelectorAll<HTMLElement>("[data-live-mark]")) sign.hidden = !on;
    }
  };
  const open = () => {
    if (source || root.visibilityState === "hidden") return;
    source = new EventSource(`/live/${encodeURIComponent(topic)}`);
    source.onopen = () => mark(true);
    source.onerror = () => mark(false);
    source.onmessage = (event: MessageEvent<string>) => {
      try {
        const values = JSON.parse(event.data) as Record<string, unknown>;
        for (const place of places) show(place, values);
      } catch {
        // A value that is no JSON changes nothing.
      }
    };
  };
  const close = () => {
    source?.close();
    source = undefined;
    mark(false);
  };
  // Nobody looks: nothing is sent, and the battery lasts.
  root.addEventListener("visibilitychange", () => (root.visibilityState === "hidden" ? close() : open()));
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
}
