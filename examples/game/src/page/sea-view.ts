import { type Boat, type Frame, TICKS_PER_SECOND } from '../server/frame.js';

/** What this page knows of the bay: two frames, to draw what is between them. */
export interface SeaView {
  readonly before: Frame | undefined;
  readonly now: Frame | undefined;
  /** When the newest came, in ms of the page's clock. */
  readonly at: number;
  /** Frames that came, and frames that were left out because newer ones were there. */
  readonly came: number;
  readonly skipped: number;
}

export const emptySea: SeaView = { before: undefined, now: undefined, at: 0, came: 0, skipped: 0 };

export function seaAfter(sea: SeaView, { data: now }: { readonly data: Frame }): SeaView {
  return { ...sea, before: sea.now, now, at: performance.now(), came: sea.came + 1 };
}

/** The boats on their way from one frame to the next, at a moment of the page's clock. */
export function boatsAt({ before, now, at }: SeaView, moment: number): readonly Boat[] {
  const share = Math.min(1, ((moment - at) * TICKS_PER_SECOND) / 1_000);
  const between = (from: number, to: number): number => from + (to - from) * share;
  return (now?.boats ?? []).map((boat) => {
    const { x, y, heading } = before?.boats.find(({ id }) => id === boat.id) ?? boat;
    return {
      ...boat,
      x: between(x, boat.x),
      y: between(y, boat.y),
      heading: between(heading, boat.heading),
    };
  });
}
