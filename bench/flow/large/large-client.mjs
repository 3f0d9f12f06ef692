// The client of `flow-large`, in a process of its own: answers each order with one message.
// Usage: node large-client.mjs <contender> <url>
import process from 'node:process';
import { cpuTime } from '../../cpu-time.mjs';
import { quantile } from '../../rounds.mjs';
import { callsOnTime } from './calls-on-time.mjs';
import { loadLargeContender } from './large-contender.mjs';

const everyMs = 5;

const warmUpCalls = 500;

/** What travels beside the calls. */
/** @typedef {'nothing' | 'result' | 'input'} Beside */

const [name = '', url = ''] = process.argv.slice(2);
const { connect } = await loadLargeContender(name);
const client = await connect(url);
await client.result();
await client.input();
await callsOnTime(client.echo, { count: warmUpCalls, everyMs: 1 });

process.on('disconnect', () => process.exit());
process.on('message', async (/** @type {{ beside: Beside, calls: number }} */ order) => {
  process.send?.(await measure(order));
});
process.send?.({});

/** @param {{ beside: Beside, calls: number }} order */
async function measure({ beside, calls }) {
  const before = cpuTime();
  let over = false;
  const carrying = beside === 'nothing' ? undefined : carry(client[beside], () => over);
  const { sinceMade, sinceDue } = await callsOnTime(client.echo, { count: calls, everyMs });
  over = true;
  const carried = await carrying;
  const cpu = cpuTime() - before;
  return { made: summary(sinceMade), due: summary(sinceDue), carried, drops: client.drops(), cpu };
}

/**
 * Large values, one after the other.
 * @param {() => Promise<void>} one
 * @param {() => boolean} over
 */
async function carry(one, over) {
  const begun = performance.now();
  let count = 0;
  for (; !over(); count++) await one();
  return { count, ms: performance.now() - begun };
}

/** @param {readonly number[]} times */
function summary(times) {
  return { median: quantile(times, 0.5), p99: quantile(times, 0.99), max: quantile(times, 1) };
}
