// Clients of `flow-slow`, all in one process; answers each order with one message.
// Usage: node slow-clients.mjs <contender> <url> <clients>
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { spread } from '../rounds.mjs';
import { loadFlowContender } from './flow-contender.mjs';
import { Stall } from './stalls.mjs';

/** Of items and of calls: what both ends compile and allocate for good is to be there before it is measured. */
const warmUpItems = 1000;
const warmUpCalls = 2000;

/** Not one of the streams that are stalled. */
const warmUpNumber = -1;

const [name = '', url = '', count = ''] = process.argv.slice(2);
const { connect } = await loadFlowContender(name);
const clients = await Promise.all(Array.from({ length: Number(count) }, () => connect(url)));
const stalls = clients.map((client, number) => new Stall(client, number));

/** @typedef {{ readonly order: string, readonly ms: number, readonly way: import('./stalls.mjs').Way }} Order */

/** @type {Record<string, (order: Order) => unknown>} */
const orders = {
  async warmUp() {
    const [client] = clients;
    await new Promise((resolve) => {
      let left = warmUpItems;
      client?.push({ number: warmUpNumber, count: warmUpItems }, () => --left === 0 && resolve(undefined));
    });
    for (let i = 0; i < warmUpCalls; i++) await client?.echo?.(i);
  },
  async stall({ way }) {
    await Promise.all(stalls.map((stall) => stall.begin(way)));
  },
  latency,
  wait: ({ ms }) => setTimeout(ms),
  taken: () => stalls.map(({ taken }) => taken),
};

process.on('disconnect', () => process.exit());
process.on('message', async (/** @type {Order} */ order) => {
  process.send?.({ answer: await orders[order.order]?.(order) });
});
process.send?.({});

/**
 * The median of calls one after the other on the first client's socket, in µs.
 * @param {Order} order
 */
async function latency({ ms }) {
  const times = [];
  const deadline = performance.now() + ms;
  for (let seq = 0; performance.now() < deadline; seq++) {
    const begun = performance.now();
    await clients[0]?.echo?.(seq);
    times.push((performance.now() - begun) * 1000);
  }
  return spread(times).median;
}
