// Clients of `redial`, many in one process; answers each order with one message. Usage: node clients.mjs <url> <first>
import process from 'node:process';
import { cpuTime } from '../cpu-time.mjs';
import { HeldSession } from './held-session.mjs';

const [url = '', first = ''] = process.argv.slice(2);
/** @type {HeldSession[]} */
const sessions = [];

/** @type {Record<string, (data: number) => unknown>} */
const orders = {
  /** So many more, all at once; each has a stream that began. */
  async open(count) {
    const more = Array.from({ length: count }, (_, i) => {
      return new HeldSession(url, Number(first) + sessions.length + i);
    });
    sessions.push(...more);
    await Promise.all(more.map((session) => session.begun));
  },
  /** How many have had so many items. */
  ticked: (seq) => sessions.filter((session) => session.ticks >= seq).length,
  /** How many have all they were to have. */
  settled: (ticks) => sessions.filter((session) => session.settled && session.ticks >= ticks).length,
  cpu: cpuTime,
  report: () => sessions.map((session) => session.report),
};

process.on('disconnect', () => process.exit());
process.on('message', async (/** @type {{ order: string, data: number }} */ { order, data }) => {
  process.send?.({ answer: await orders[order]?.(data) });
});
process.send?.({});
