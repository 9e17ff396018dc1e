/** `?lang=`, `?theme=` and `?edition=` have done their work by a cookie: the address that people copy is clean. */
export function switches(root: Document): void {
  const address = new URL(root.location.href);
  const before = address.search;
  for (const name of ["lang", "theme", "edition"]) address.searchParams.delete(name);
  if (address.search !== before) history.replaceState(history.state, "", address);
}
