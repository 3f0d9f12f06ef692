import type { Boat } from '../server/frame.js';

const HUES = [25, 255, 145, 320, 75, 200, 350, 115];

/** A boat's own, legible by day and by night. Gulls are grey. */
export function colourOf({ colour, sailedBy }: Pick<Boat, 'colour' | 'sailedBy'>): string {
  return sailedBy === 'gull' ? 'oklch(62% 0.02 240)' : `oklch(62% 0.16 ${HUES[colour] ?? 0})`;
}
