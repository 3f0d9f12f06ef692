import { isDeepStrictEqual } from 'node:util';
import { smallNote, tick } from '../../payloads.mjs';
import { first } from '../load.mjs';
import { plain } from './calls.mjs';

/**
 * `size` events, each to so many sockets that all listen.
 * @param {number} sockets
 * @returns {import('../load.mjs').Load}
 */
export function news(sockets) {
  /** What each of them is to hear next. */
  const next = new Uint32Array(sockets);
  let missing = 0;
  let arrived = () => {};

  return {
    sockets,

    async check(clients) {
      for (const [i, client] of clients.entries()) {
        await client.listen((it) => {
          const due = next[i] ?? 0;
          next[i] = due + 1;
          if (it.seq !== due) throw new Error(`Event ${it.seq} came where ${due} was due`);
          if (due === 2 && !isDeepStrictEqual(plain(it), tick(2, smallNote)))
            throw new Error(`Another event came: ${JSON.stringify(it)}`);
          if (--missing === 0) arrived();
        });
      }
      await deliver(clients, 3);
    },

    async run(clients, size) {
      const begun = performance.now();
      await deliver(clients, size);
      return { amount: size * sockets, ms: performance.now() - begun };
    },
  };

  /**
   * @param {readonly import('../load.mjs').SpeedClient[]} clients
   * @param {number} count
   */
  async function deliver(clients, count) {
    next.fill(0);
    missing = count * sockets;
    const all = new Promise((resolve) => {
      arrived = () => resolve(undefined);
    });
    await first(clients).publish({ count, listeners: sockets });
    await all;
  }
}
