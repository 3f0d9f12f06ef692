import { useSyncExternalStore } from 'react';
import type { Room } from '../server/message-store.js';

export const rooms: readonly { readonly room: Room; readonly title: string; readonly about: string }[] = [
  { room: 'harbour', title: 'Harbour', about: 'Who comes, who goes, and on which tide' },
  { room: 'galley', title: 'Galley', about: 'Soup, mostly' },
  { room: 'crows-nest', title: "Crow's nest", about: 'What can be seen from up here' },
];

const first: Room = 'harbour';

/** The room is in the address: `#galley`. */
export function useRoom(): Room {
  return useSyncExternalStore(watch, read);
}

function read(): Room {
  return rooms.find(({ room }) => `#${room}` === location.hash)?.room ?? first;
}

function watch(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}
