import { Child } from '../child.mjs';
import { spread } from '../rounds.mjs';
import { delayedPipe } from './delayed-pipe.mjs';

/** Of a round trip: none, and that of another country. */
const distancesMs = [0, 50];

/** Items a second. */
const bar = 20_000;

const stretchMs = 100;

/** A stream's window grows for a while before its pace counts. */
const rampUpMs = 1000;

/**
 * A stream of small items from far away. Prints how many come in a second, and answers whether they are enough.
 * @param {{ ms: number }} sizes How long the pace is measured.
 */
export async function distance({ ms }) {
  console.log(
    `Items of 100 bytes, as fast as they are read, for ${ms} ms after a ramp-up of ${rampUpMs} ms.\n`,
  );
  console.log(
    '| delay of a round trip, ms | median call, ms | items a second | slowest 100 ms | ms until the bar |',
  );
  console.log('|--:|--:|--:|--:|--:|');
  let slowest = Number.POSITIVE_INFINITY;
  for (const delayMs of distancesMs) {
    const { roundTripMs, counts } = await measure(delayMs, (rampUpMs + ms) / stretchMs);
    const paces = counts.map((count) => (count * 1000) / stretchMs);
    const steady = paces.slice(rampUpMs / stretchMs);
    const pace = steady.reduce((sum, it) => sum + it, 0) / steady.length;
    slowest = Math.min(slowest, pace);
    const reached = paces.findIndex((it) => it >= bar);
    const until = reached < 0 ? 'never' : `${(reached + 1) * stretchMs}`;
    const cells = [delayMs, roundTripMs.toFixed(1), pace.toFixed(0), spread(steady).min.toFixed(0), until];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log(`\nflow-distance: ${slowest.toFixed(0)} items a second (bar ${bar})`);
  return slowest >= bar;
}

/**
 * @param {number} delayMs
 * @param {number} stretches
 * @returns {Promise<{ roundTripMs: number, counts: number[] }>}
 */
async function measure(delayMs, stretches) {
  const server = new Child('end.mjs', ['server', 'hawser']);
  try {
    const near = String(await server.answer());
    const pipe = delayMs === 0 ? undefined : await delayedPipe(Number(new URL(near).port), delayMs / 2);
    const client = new Child('flow/distance-client.mjs', [pipe?.url ?? near]);
    try {
      await client.answer();
      return await client.ask({ stretches, stretchMs });
    } finally {
      await client.stop();
      pipe?.close();
    }
  } finally {
    await server.stop();
  }
}
