/** The page's colours, by their names in `tokens.css`: `ink('sea')`. */
export type Ink = (name: string) => string;

/** Where a drawing goes, in CSS pixels, already cleared. */
export interface Surface {
  readonly pen: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly ink: Ink;
}

/** `now` is that of the animation frame, in ms. */
export type Draw = (surface: Surface, now: number) => void;

/** Calls the painter whenever something is to be drawn. Returns what stops it. */
export type Frames = (painter: (now: number) => void) => () => void;

/** Draws on the canvas in animation frames, in the screen's own pixels. Returns what stops it. */
export function drawOn(canvas: HTMLCanvasElement, draw: Draw, frames: Frames = everyFrame): () => void {
  const pen = canvas.getContext('2d');
  if (pen === null) return () => {};
  const wantsDark = matchMedia('(prefers-color-scheme: dark)');
  let ink = inkOf(canvas);
  const refreshInk = (): void => {
    ink = inkOf(canvas);
  };
  wantsDark.addEventListener('change', refreshInk);
  let size = { width: 0, height: 0 };
  const observer = new ResizeObserver(([entry]) => {
    if (entry) size = entry.contentRect;
  });
  observer.observe(canvas);
  const stopFrames = frames((now) => {
    const { width, height } = size;
    if (width === 0) return;
    fit(canvas, pen, size);
    pen.clearRect(0, 0, width, height);
    draw({ pen, width, height, ink }, now);
  });
  return () => {
    stopFrames();
    observer.disconnect();
    wantsDark.removeEventListener('change', refreshInk);
  };
}

function everyFrame(painter: (now: number) => void): () => void {
  const frame = (now: number): void => {
    request = requestAnimationFrame(frame);
    painter(now);
  };
  let request = requestAnimationFrame(frame);
  return () => cancelAnimationFrame(request);
}

/** Setting a canvas's size empties it, so it is set only when it changes. */
function fit(
  canvas: HTMLCanvasElement,
  pen: CanvasRenderingContext2D,
  { width, height }: { width: number; height: number },
): void {
  const scale = devicePixelRatio;
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
}

function inkOf(canvas: HTMLCanvasElement): Ink {
  const style = getComputedStyle(canvas);
  const known = new Map<string, string>();
  return (name) => {
    const colour = known.get(name) ?? style.getPropertyValue(`--${name}`).trim();
    known.set(name, colour);
    return colour;
  };
}
