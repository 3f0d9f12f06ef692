// One life of the server. Usage: node server-end.mjs <contender> <journal> <life>; `chaos-run.mjs` commands it.
import process from 'node:process';
import { loadContender } from '../contender.mjs';
import { measureMemory, snapshot } from '../memory/measure-memory.mjs';
import { Journal } from '../service/journal.mjs';
import { makeRouter } from '../service/router.mjs';
import { Sources } from '../service/sources.mjs';
import { sleep } from '../sleep.mjs';
import { takeOrders } from './orders.mjs';

const [name = '', path = '', life = ''] = process.argv.slice(2);
const contender = await loadContender(name);
const sources = new Sources();
const router = makeRouter(new Journal(path, Number(life)), sources);

/** @type {string[]} */
const uncaught = [];
process.on('uncaughtException', (error) => uncaught.push(String(error?.stack ?? error)));

takeOrders({
  serve: async (/** @type {number} */ port) => (await contender.serve(router, port)).port,
  memory: measureMemory,
  snapshot,
  uncaught: () => uncaught,

  /**
   * How many sources of streams are open, after so many ms or when none is.
   * @param {number} patienceMs
   */
  async openSources(patienceMs) {
    const deadline = performance.now() + patienceMs;
    while (sources.open > 0 && performance.now() < deadline) await sleep(50);
    return sources.open;
  },
});
