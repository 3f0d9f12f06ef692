import type { Boat, Frame } from '../server/frame.js';

/** What this page knows of the bay: two frames, to draw what is between them. */
export interface SeaView {
  readonly before: Frame | undefined;
  readonly now: Frame | undefined;
  /** When the newest came, in ms of the page's clock. */
  readonly at: number;
  /** Frames that were left out because newer ones were there. */
  readonly skipped: number;
}

export const emptySea: SeaView = { before: undefined, now: undefined, at: 0, skipped: 0 };

const TICK_MS = 1_000 / 30;
/** Over more ticks than this a boat has no way that one could draw. */
const DRAWN_TICKS = 6;

export function seaAfter(sea: SeaView, { data: now }: { readonly data: Frame }): SeaView {
  const { now: before, skipped } = sea;
  const follows = before !== undefined && now.tick > before.tick && now.tick - before.tick <= DRAWN_TICKS;
  return { before: follows ? before : now, now, at: performance.now(), skipped };
}

/** The boats between the two frames, at a moment of the page's clock. */
export function boatsAt({ before, now, at }: SeaView, moment: number): Boat[] {
  if (!before || !now) return [];
  const span = Math.max(1, now.tick - before.tick) * TICK_MS;
  const share = Math.max(0, Math.min(1, (moment - at) / span));
  const earlier = new Map(before.boats.map((boat) => [boat.id, boat]));
  return now.boats.map((boat) => {
    const from = earlier.get(boat.id) ?? boat;
    const turned = Math.atan2(Math.sin(boat.heading - from.heading), Math.cos(boat.heading - from.heading));
    return {
      ...boat,
      x: from.x + (boat.x - from.x) * share,
      y: from.y + (boat.y - from.y) * share,
      heading: from.heading + turned * share,
    };
  });
}
