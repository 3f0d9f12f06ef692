const KEY = 'hawser-demo-name';

const BIRDS = (
  'Avocet Brent Curlew Dunlin Eider Fulmar Gannet Godwit Guillemot Kittiwake Knot Merganser Osprey ' +
  'Petrel Plover Puffin Razorbill Redshank Sanderling Shearwater Skua Tern Turnstone Whimbrel'
).split(' ');

/** A tab is some bird until it is given a name, so that two new tabs are not the same one. */
export function loadName(): string {
  return stored() ?? BIRDS[Math.floor(Math.random() * BIRDS.length)] ?? 'Tern';
}

export function saveName(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Storage may be forbidden; the name then lasts as long as the page.
  }
}

function stored(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
