import { Child } from '../child.mjs';

/** How long other calls are timed, before any stream is stalled and after. */
const callsMs = 1000;

/**
 * @typedef {object} SlowRun
 * @property {string} contender
 * @property {import('./stalls.mjs').Way} way
 * @property {number} clients
 * @property {number} ms How long they take nothing.
 */

/**
 * @typedef {object} SlowFindings
 * @property {number} ahead Items that the generator was asked for and the consumer did not take, at the client where
 *   they are most.
 * @property {number} pulled How often the generators were asked, all together.
 * @property {boolean} capped Whether the server was stopped, since it had grown too much.
 * @property {number} rss How much the server grew, in bytes.
 * @property {number} held The same of its heap and what is beside it, after a collection.
 * @property {number | undefined} quiet The median of other calls before, in µs; undefined if they cannot be made.
 * @property {number | undefined} stalled The same after, with the stalled stream on the same socket.
 */

/**
 * One server and its clients, in two processes of their own, none of which takes what it asked for.
 * @param {SlowRun} run
 * @returns {Promise<SlowFindings>}
 */
export async function runSlow({ contender, way, clients: count, ms }) {
  const server = new Child('flow/slow-server.mjs', [contender], { node: ['--expose-gc'] });
  try {
    const { answer: url } = await server.answer();
    const clients = new Child('flow/slow-clients.mjs', [contender, url, String(count)]);
    try {
      await clients.answer();
      return await findings({ server, clients }, way, ms);
    } finally {
      await clients.stop();
    }
  } finally {
    await server.stop();
  }
}

/**
 * @param {{ server: Child, clients: Child }} children
 * @param {import('./stalls.mjs').Way} way
 * @param {number} ms
 */
async function findings({ server, clients }, way, ms) {
  const callable = way !== 'socket paused';
  await ask(clients, { order: 'warmUp' });
  const quiet = callable ? await ask(clients, { order: 'latency', ms: callsMs }) : undefined;
  const before = await ask(server, { order: 'begin' });
  await ask(clients, { order: 'stall', way });
  // No calls meanwhile: what a server's young generation grows by under them would count for the stream.
  await ask(clients, { order: 'wait', ms });
  const after = await ask(server, { order: 'memory' });
  const { pulls, capped } = await ask(server, { order: 'report' });
  const taken = await ask(clients, { order: 'taken' });
  const stalled = callable ? await ask(clients, { order: 'latency', ms: callsMs }) : undefined;
  return {
    ...howFarAhead(pulls, taken),
    capped,
    rss: after.rss - before.rss,
    held: after.held - before.held,
    quiet,
    stalled,
  };
}

/**
 * @param {readonly [number, number][]} pulls By the stream's number.
 * @param {readonly number[]} taken
 */
function howFarAhead(pulls, taken) {
  const stalled = pulls.filter(([number]) => number in taken);
  return {
    ahead: Math.max(...stalled.map(([number, pulled]) => pulled - (taken[number] ?? 0))),
    pulled: stalled.reduce((sum, [, pulled]) => sum + pulled, 0),
  };
}

/**
 * @param {Child} child
 * @param {import('node:child_process').Serializable} order
 */
async function ask(child, order) {
  return (await child.ask(order)).answer;
}
