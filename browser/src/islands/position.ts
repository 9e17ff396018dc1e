/** "Use my position": fills the hidden fields `lat` and `lon`, only when the person asks for it. */
export function position(root: Document): void {
  if (!("geolocation" in navigator) || !window.isSecureContext) return;
  for (const box of root.querySelectorAll<HTMLElement>("[data-position]")) {
    const lat = box.querySelector<HTMLInputElement>('input[name="lat"]');
    const lon = box.querySelector<HTMLInputElement>('input[name="lon"]');
    const take = box.querySelector<HTMLButtonElement>("[data-position-take]");
    const keptNote = box.querySelector<HTMLElement>("[data-position-kept]");
    const failed = box.querySelector<HTMLElement>("[data-position-failed]");
    if (!lat || !lon || !take || !keptNote || !failed) continue;
    const show = (state: "open" | "kept" | "failed") => {
      take.hidden = state === "kept";
      keptNote.hidden = state !== "kept";
      failed.hidden = state !== "failed";
      take.removeAttribute("aria-busy");
      take.disabled = false;
    };
    show(lat.value !== "" && lon.value !== "" ? "kept" : "open");
    box.hidden = false;
    take.addEventListener("click", () => {
      take.disabled = true;
      take.setAttribute("aria-busy", "true");
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          // Five decimals are about a metre: more would only look exact.
          lat.value = coords.latitude.toFixed(5);
          lon.value = coords.longitude.toFixed(5);
          show("kept");
          lat.dispatchEvent(new Event("input", { bubbles: true }));
        },
        () => show("failed"),
        { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
      );
    });
    box.querySelector("[data-position-drop]")?.addEventListener("click", () => {
      lat.value = "";
      lon.value = "";
      show("open");
      take.focus();
    });
  }
}
