// All clients. Usage: node client-end.mjs <contender> <seed>; `chaos-run.mjs` commands it.
import { setMaxListeners } from 'node:events';
import process from 'node:process';
import { loadContender } from '../contender.mjs';
import { ClientLoad } from '../load/client-load.mjs';
import { Tally } from '../load/tally.mjs';
import { measureMemory, snapshot } from '../memory/measure-memory.mjs';
import { makeClientRouter } from '../service/client-router.mjs';
import { Sources } from '../service/sources.mjs';
import { sleep } from '../sleep.mjs';
import { takeOrders } from './orders.mjs';

const [name = '', seed = ''] = process.argv.slice(2);
const contender = await loadContender(name);
const tally = new Tally();
const stopping = new AbortController();
setMaxListeners(0, stopping.signal);

/** @type {ClientLoad[]} */
let loads = [];

/** How often each client was called back, by the number of the mutation that led to it. @type {Map<number, number>[]} */
let confirmed = [];

process.on('uncaughtException', (error) => {
  tally.uncaught++;
  tally.example(-1, 'uncaught', `uncaught: ${String(error?.stack ?? error)}`);
});

/**
 * @param {number} client
 * @param {number} mutation
 */
function confirm(client, mutation) {
  const runs = confirmed[client];
  runs?.set(mutation, (runs.get(mutation) ?? 0) + 1);
}

takeOrders({
  /** @param {readonly number[]} ports One for each client. */
  async connect(ports) {
    confirmed = ports.map(() => new Map());
    loads = ports.map((port, number) => {
      const client = contender.connect(`ws://127.0.0.1:${port}`, {
        note: (what) => tally.note(number, what),
        router: makeClientRouter((mutation) => confirm(number, mutation)),
      });
      return new ClientLoad({
        number,
        client,
        failureOf: contender.failureOf,
        seed: Number(seed),
        tally,
        sources: new Sources(),
        stopping: stopping.signal,
      });
    });
    await Promise.all(loads.map((load) => load.check()));
  },

  start() {
    for (const load of loads) load.start();
  },

  progress: () => tally,
  memory: measureMemory,
  snapshot,

  /**
   * Starts nothing more and waits for what is open; answers when all is settled, or after `patienceMs`.
   * @param {number} patienceMs
   */
  async finish(patienceMs) {
    stopping.abort();
    const deadline = performance.now() + patienceMs;
    while (!loads.every((load) => load.settled) && performance.now() < deadline) await sleep(100);
    for (const load of loads) load.count();
    const mutations = loads.map((load) => load.mutations.encode());
    return { tally, mutations, confirmed: confirmed.map((runs) => [...runs]) };
  },

  close() {
    for (const load of loads) load.close();
  },
});
