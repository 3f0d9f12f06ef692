import assert from 'node:assert/strict';
import { order } from '../../payloads.mjs';

/**
 * Calls as fast as they are answered, so many at a time on each socket: for `size` ms, or `size` of them if `counted`.
 * @param {object} options
 * @param {number} options.inFlight
 * @param {number} [options.sockets]
 * @param {'echo' | 'guarded'} [options.procedure]
 * @param {boolean} [options.counted]
 * @returns {import('../load.mjs').Load}
 */
export function calls({ inFlight, sockets = 1, procedure = 'echo', counted = false }) {
  return {
    sockets,

    async check(clients) {
      for (const client of clients) await checkEcho(client[procedure]);
    },

    async run(clients, size) {
      let made = 0;
      const begun = performance.now();
      const goesOn = counted ? () => made < size : () => performance.now() - begun < size;
      const callInTurn = async (/** @type {import('../load.mjs').SpeedClient} */ client) => {
        while (goesOn()) await callOnce(client[procedure], made++);
      };
      const inTurn = clients.flatMap((client) => Array.from({ length: inFlight }, () => callInTurn(client)));
      await Promise.all(inTurn);
      return { amount: made, ms: performance.now() - begun };
    },
  };
}

/**
 * One call after the other, `size` of them. The figure is the median, in µs.
 * @type {import('../load.mjs').Load}
 */
export const oneAtATime = {
  ...calls({ inFlight: 1 }),

  async run([client], size) {
    if (!client) throw new Error('No client');
    const times = new Float64Array(size);
    const begun = performance.now();
    for (let i = 0; i < size; i++) {
      const sent = performance.now();
      await callOnce(client.echo, i);
      times[i] = performance.now() - sent;
    }
    const ms = performance.now() - begun;
    return { amount: size, ms, figure: (times.sort()[size >> 1] ?? Number.NaN) * 1000 };
  },
};

/**
 * @param {import('../speed-contender.mjs').Echo} echo
 * @param {number} seq
 */
export async function callOnce(echo, seq) {
  const answer = await echo(order(seq));
  if (/** @type {{ seq?: unknown }} */ (answer).seq !== seq)
    throw new Error(`Call ${seq} got another answer`);
}

/** @param {import('../speed-contender.mjs').Echo} echo */
async function checkEcho(echo) {
  const orders = [order(1), order(-7), order(2 ** 30), { ...order(2), note: 'Größe "vor" Preis 🚢' }];
  for (const it of orders) assert.deepEqual(plain(await echo(it)), it);
  const together = [11, 12, 13, 14].map(order);
  assert.deepEqual((await Promise.all(together.map((it) => echo(it)))).map(plain), together);
}

/**
 * Without what some contenders add to a value: a prototype, or how to dispose of it.
 * @param {unknown} value
 */
export function plain(value) {
  return JSON.parse(JSON.stringify(value));
}
