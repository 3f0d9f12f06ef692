import type { Ink, Surface } from '../../../shared/src/page/surface.js';
import type { Sample } from '../server/machine.js';
import { CHART_WINDOW_MS, type MachineFeed, type NumberedSample } from './machine-feed.js';

export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly value: (sample: Sample) => number;
  readonly filled?: boolean;
}

/** The lowest and the highest of many values, drawn behind the lines. */
export interface Band {
  readonly label: string;
  readonly low: (sample: Sample) => number;
  readonly high: (sample: Sample) => number;
}

export interface ChartSpec {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly band?: Band;
  /** The value at the upper edge. */
  readonly top: (samples: readonly NumberedSample[]) => number;
  readonly format: (value: number) => string;
}

/** From the feed's values to the surface's pixels. */
interface Scale {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

const GRID_EVERY_MS = 10_000;

/** Samples come every 100 ms. With none for this long, what is not known is shaded. */
const SILENCE_MS = 400;

/** Draws one minute; the right edge is now. `cuts` are moments of this page. */
export function drawChart(
  surface: Surface,
  { feed, spec, cuts, now }: { feed: MachineFeed; spec: ChartSpec; cuts: readonly number[]; now: number },
): void {
  const { samples } = feed;
  if (samples.length === 0) return;
  const right = feed.serverTime(now);
  const top = spec.top(samples);
  const scale: Scale = {
    x: (at) => surface.width * (1 - (right - at) / CHART_WINDOW_MS),
    y: (value) => surface.height - (value / top) * (surface.height - 2) - 1,
  };
  drawGrid(surface, scale, right);
  drawHoles(surface, scale, samples);
  for (const run of unbrokenRuns(samples)) {
    if (spec.band) drawBand(surface, scale, { run, band: spec.band });
    for (const line of spec.lines) drawLine(surface, scale, { run, line });
  }
  drawCuts(
    surface,
    cuts.map((cut) => scale.x(feed.serverTime(cut))),
  );
  drawTopLabel(surface, spec.format(top));
}

/** Splits where a number is missing, so that no line pretends to know what was not received. */
function unbrokenRuns(samples: readonly NumberedSample[]): NumberedSample[][] {
  const runs: NumberedSample[][] = [];
  let previous: NumberedSample | undefined;
  for (const sample of samples) {
    if (previous === undefined || sample.seq !== previous.seq + 1) runs.push([]);
    runs.at(-1)?.push(sample);
    previous = sample;
  }
  return runs;
}

function drawGrid({ pen, width, height, ink }: Surface, { x }: Scale, right: number): void {
  pen.strokeStyle = ink('rule');
  pen.lineWidth = 1;
  pen.beginPath();
  for (const part of [0.25, 0.5, 0.75]) {
    const y = Math.round(height * part) + 0.5;
    pen.moveTo(0, y);
    pen.lineTo(width, y);
  }
  for (let at = right - (right % GRID_EVERY_MS); at > right - CHART_WINDOW_MS; at -= GRID_EVERY_MS) {
    pen.moveTo(x(at), height - 5);
    pen.lineTo(x(at), height);
  }
  pen.stroke();
}

function drawHoles(
  { pen, width, height, ink }: Surface,
  { x }: Scale,
  samples: readonly NumberedSample[],
): void {
  pen.fillStyle = ink('cut-wash');
  const silentFrom = x((samples.at(-1)?.value.at ?? 0) + SILENCE_MS);
  if (silentFrom < width) pen.fillRect(silentFrom, 0, width - silentFrom, height);
  samples.forEach((sample, index) => {
    const previous = samples[index - 1];
    if (previous === undefined || sample.seq === previous.seq + 1) return;
    const left = x(previous.value.at);
    pen.fillRect(left, 0, Math.max(2, x(sample.value.at) - left), height);
  });
}

function drawBand(
  { pen, ink }: Surface,
  { x, y }: Scale,
  { run, band }: { run: readonly NumberedSample[]; band: Band },
): void {
  pen.fillStyle = ink('sea-wash');
  pen.beginPath();
  for (const { value } of run) pen.lineTo(x(value.at), y(band.high(value)));
  for (const { value } of [...run].reverse()) pen.lineTo(x(value.at), y(band.low(value)));
  pen.fill();
}

function drawLine(
  { pen, height, ink }: Surface,
  { x, y }: Scale,
  { run, line }: { run: readonly NumberedSample[]; line: Line },
): void {
  pen.beginPath();
  for (const { value } of run) pen.lineTo(x(value.at), y(line.value(value)));
  pen.strokeStyle = ink(line.colour);
  pen.lineWidth = 1.75;
  pen.lineJoin = 'round';
  pen.stroke();
  const [first, last] = [run[0], run.at(-1)];
  if (!line.filled || !first || !last) return;
  pen.lineTo(x(last.value.at), height);
  pen.lineTo(x(first.value.at), height);
  pen.fillStyle = ink('sea-wash');
  pen.fill();
}

function drawCuts({ pen, width, height, ink }: Surface, positions: readonly number[]): void {
  pen.strokeStyle = ink('cut');
  pen.lineWidth = 1;
  pen.setLineDash([3, 3]);
  pen.beginPath();
  for (const x of positions.filter((position) => position > 0 && position < width)) {
    pen.moveTo(x, 0);
    pen.lineTo(x, height);
  }
  pen.stroke();
  pen.setLineDash([]);
}

function drawTopLabel({ pen, ink }: { pen: CanvasRenderingContext2D; ink: Ink }, label: string): void {
  pen.fillStyle = ink('ink-soft');
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'top';
  pen.fillText(label, 4, 4);
}
