import { keepInTab, keptInTab } from './kept-in-tab.js';

const KEY = 'hawser-name';

const BIRDS = (
  'Avocet Brent Curlew Dunlin Eider Fulmar Gannet Godwit Guillemot Kittiwake Knot Merganser Osprey ' +
  'Petrel Plover Puffin Razorbill Redshank Sanderling Shearwater Skua Tern Turnstone Whimbrel'
).split(' ');

/** A tab is some bird until it is given a name, so that two new tabs are not the same one. */
export function loadName(): string {
  return keptInTab(KEY, () => BIRDS[Math.floor(Math.random() * BIRDS.length)] ?? 'Tern');
}

export function saveName(name: string): void {
  keepInTab(KEY, name);
}
