import type { Surface } from '../../../shared/src/page/surface.js';
import type { RoundTrip } from './round-trips.js';

const WINDOW_MS = 60_000;

/** Milliseconds at the upper edge when everything is quicker than that. */
const LOWEST_TOP = 4;

export function drawSparkline(
  { pen, width, height, ink }: Surface,
  { trips, now }: { trips: readonly RoundTrip[]; now: number },
): void {
  const top = trips.reduce((most, { ms }) => Math.max(most, ms), LOWEST_TOP);
  const point = ({ at, ms }: RoundTrip): [number, number] => [
    width * (1 - (now - at) / WINDOW_MS),
    height - 2 - (ms / top) * (height - 4),
  ];
  pen.strokeStyle = ink('sea');
  pen.lineWidth = 1.5;
  pen.lineJoin = 'round';
  pen.beginPath();
  for (const trip of trips) pen.lineTo(...point(trip));
  pen.stroke();
  const last = trips.at(-1);
  if (last === undefined) return;
  pen.fillStyle = ink('sea');
  pen.beginPath();
  pen.arc(...point(last), 2, 0, Math.PI * 2);
  pen.fill();
}
