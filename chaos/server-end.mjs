// One life of the server. Usage: node server-end.mjs <contender> <journal> <life>; `chaos-run.mjs` commands it.
import process from 'node:process';
import { loadContender } from './contender.mjs';
import { Journal } from './journal.mjs';
import { measureMemory, snapshot } from './memory.mjs';
import { takeOrders } from './orders.mjs';
import { makeRouter } from './router.mjs';

const [name = '', path = '', life = ''] = process.argv.slice(2);
const contender = await loadContender(name);
const router = makeRouter(new Journal(path, Number(life)));

/** @type {string[]} */
const uncaught = [];
process.on('uncaughtException', (error) => uncaught.push(String(error?.stack ?? error)));

takeOrders({
  serve: async (/** @type {number} */ port) => (await contender.serve(router, port)).port,
  memory: measureMemory,
  snapshot,
  uncaught: () => uncaught,
});
