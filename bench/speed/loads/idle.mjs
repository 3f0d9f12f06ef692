import { setTimeout } from 'node:timers/promises';
import { callOnce } from './calls.mjs';

/** Opened at once: more would wait for each other. */
const atOnce = 20;

/** Opened before anything is counted, so that what the first connections load and compile is not theirs. */
const early = 200;

/** By then everything that is due soon after a call has been sent. */
const restMs = 3000;

/**
 * `size` more connections, each of which has made a call and been idle for a while.
 * @type {import('../load.mjs').Load}
 */
export const idle = {
  sockets: 1,

  async check(_, connect) {
    await open(early, connect);
    await setTimeout(restMs);
  },

  async run(_, size, connect) {
    const begun = performance.now();
    await open(size, connect);
    await setTimeout(restMs);
    return { amount: size, ms: performance.now() - begun };
  },
};

/**
 * The same; then each of them makes another call. The figure is how many were answered.
 * @type {import('../load.mjs').Load}
 */
export const idleThenCalled = {
  ...idle,

  async run(_, size, connect) {
    const begun = performance.now();
    const clients = await open(size, connect);
    let answered = 0;
    for (const client of clients) {
      await callOnce(client.echo, answered);
      answered++;
    }
    return { amount: size, ms: performance.now() - begun, figure: answered };
  },
};

/**
 * @param {number} count
 * @param {() => Promise<import('../load.mjs').SpeedClient>} connect
 */
async function open(count, connect) {
  /** @type {import('../load.mjs').SpeedClient[]} */
  const clients = [];
  const inTurn = async () => {
    while (clients.length < count) {
      const client = await connect();
      const seq = clients.push(client);
      await callOnce(client.echo, seq);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, inTurn));
  return clients;
}
