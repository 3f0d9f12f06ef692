// All clients. Usage: node client-end.mjs <contender> <seed>; `chaos-run.mjs` commands it.
import { setMaxListeners } from 'node:events';
import process from 'node:process';
import { loadContender } from '../contender.mjs';
import { ClientLoad } from '../load/client-load.mjs';
import { MutationRecord } from '../load/mutation-record.mjs';
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

process.on('uncaughtException', (error) => {
  tally.uncaught++;
  tally.example(-1, 'uncaught', `uncaught: ${String(error?.stack ?? error)}`);
});

takeOrders({
  /** @param {readonly number[]} ports One for each client. */
  async connect(ports) {
    loads = ports.map((port, number) => {
      const mutations = new MutationRecord();
      const client = contender.connect(`ws://127.0.0.1:${port}`, {
        note: (what) => tally.note(number, what),
        router: makeClientRouter((mutation) => mutations.confirm(mutation)),
      });
      return new ClientLoad({
        number,
        client,
        failureOf: contender.failureOf,
        seed: Number(seed),
        mutations,
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
    return { tally, mutations: loads.map((load) => load.mutations.encode()) };
  },

  close() {
    for (const load of loads) load.close();
  },
});
