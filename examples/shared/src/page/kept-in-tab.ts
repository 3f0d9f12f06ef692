/** What this tab remembers under the key, over reloads; made the first time. */
export function keptInTab(key: string, make: () => string): string {
  try {
    const known = sessionStorage.getItem(key);
    if (known !== null) return known;
  } catch {
    // Storage may be forbidden: then it lasts as long as the page.
  }
  const made = make();
  keepInTab(key, made);
  return made;
}

export function keepInTab(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
