type Painter = (now: number) => void;

/** A chart moves by a few pixels a second: drawing it in every frame would only warm the room. */
const PAINT_EVERY_MS = 45;
const CALM_EVERY_MS = 1_000;

const painters = new Set<Painter>();
const wantsCalm = matchMedia('(prefers-reduced-motion: reduce)');
let painted = 0;
let request = 0;

/** Calls the painter in animation frames (once a second for people who asked for less motion). */
export function onFrames(painter: Painter): () => void {
  painters.add(painter);
  if (painters.size === 1) request = requestAnimationFrame(frame);
  return () => {
    painters.delete(painter);
    if (painters.size === 0) cancelAnimationFrame(request);
  };
}

function frame(now: number): void {
  request = requestAnimationFrame(frame);
  if (now - painted < (wantsCalm.matches ? CALM_EVERY_MS : PAINT_EVERY_MS)) return;
  painted = now;
  for (const painter of painters) painter(now);
}
