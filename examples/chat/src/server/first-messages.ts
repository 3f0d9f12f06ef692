import type { Message, Room } from './message-store.js';

const MINUTE_MS = 60_000;

const said: readonly (readonly [room: Room, minutesAgo: number, author: string, text: string])[] = [
  ['harbour', 94, 'Osprey', 'Pilot is on board. Two tugs, one of them awake.'],
  ['harbour', 93, 'Gannet', 'Which one?'],
  ['harbour', 91, 'Osprey', 'We shall know when it gets windy.'],
  ['harbour', 62, 'Fulmar', 'The line parted at the third bollard. Nobody below deck noticed.'],
  ['harbour', 61, 'Gannet', 'That is what it is for.'],
  ['harbour', 34, 'Eider', 'Ferry passes at six. Expect some swell, and the smell of chips.'],
  ['galley', 48, 'Puffin', 'There is soup.'],
  ['galley', 47, 'Skua', 'There was soup.'],
  ['crows-nest', 120, 'Whimbrel', 'Fog until noon. I can see my hand, and it is not impressed.'],
];

/** What was said before anybody came, so that a history has something to show. */
export function firstMessages(now: number): Message[] {
  return said.map(([room, minutesAgo, author, text]) => ({
    id: `${room}-${minutesAgo}`,
    room,
    author,
    text,
    at: now - minutesAgo * MINUTE_MS,
  }));
}
