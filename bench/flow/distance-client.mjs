// The client of `flow-distance`, in a process of its own: answers each order with one message.
// Usage: node distance-client.mjs <url>
import process from 'node:process';
import { loadContender } from '../contender.mjs';
import { order, smallNote } from '../payloads.mjs';
import { spread } from '../rounds.mjs';

const calls = 20;

/** More than anybody takes here. */
const endless = Number.MAX_SAFE_INTEGER;

const { connect } = await loadContender('hawser');
const client = await connect(process.argv[2] ?? '');

process.on('disconnect', () => process.exit());
process.on('message', async (/** @type {{ stretches: number, stretchMs: number }} */ sizes) => {
  const roundTripMs = await roundTrip();
  process.send?.({ roundTripMs, counts: await countItems(sizes) });
});
process.send?.({});

/** The median of calls one after the other, in ms. */
async function roundTrip() {
  const times = [];
  for (let seq = 0; seq < calls; seq++) {
    const begun = performance.now();
    await client.echo(order(seq));
    times.push(performance.now() - begun);
  }
  return spread(times).median;
}

/**
 * How many items come in each stretch of time, from the moment that the stream was asked for.
 * @param {{ stretches: number, stretchMs: number }} sizes
 */
async function countItems({ stretches, stretchMs }) {
  const counts = new Array(stretches).fill(0);
  const begun = performance.now();
  const items = client.ticks?.({ count: endless, apart: false, note: smallNote }) ?? [];
  for await (const _ of items) {
    const stretch = Math.floor((performance.now() - begun) / stretchMs);
    if (stretch >= stretches) break;
    counts[stretch]++;
  }
  return counts;
}
