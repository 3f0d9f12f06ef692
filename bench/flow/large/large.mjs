import { Child } from '../../child.mjs';
import { machineTime } from '../../cpu-time.mjs';
import { percent } from '../../redial/histogram.mjs';
import { loadLargeContender } from './large-contender.mjs';
import { valueBytes } from './value.mjs';

const million = 1e6;

/** Of the 99th percentile of small calls, in ms. */
const bar = 25;

const contenders = ['hawser', 'bare-ws', 'trpc'];

const ways = /** @type {const} */ (['nothing', 'result', 'input']);

/** @typedef {{ median: number, p99: number, max: number }} Times In ms. */

/**
 * @typedef {object} Findings
 * @property {Times} made Since a call was made.
 * @property {Times} due Since it was due.
 * @property {{ count: number, ms: number } | undefined} carried
 * @property {number} drops
 * @property {number} elsewhere The share of the machine's CPU time that others had. Where it is large the two ends
 *   wait for a core, and times tell of the machine.
 */

const columns = [
  'contender',
  'beside the calls',
  'values',
  'MB/s',
  'call: median, ms',
  '99 %',
  'slowest',
  '99 % since due',
  'slowest',
  'drops',
  "others' share of the CPUs",
];

/**
 * Small calls while large values travel on the same connection. Prints how long they take, and answers whether Hawser
 * kept its bars.
 * @param {{ calls: number }} sizes
 */
export async function large({ calls }) {
  console.log(
    `Values of ${valueBytes / 2 ** 20} MiB one after the other, and beside them ${calls} small calls, one due`,
  );
  console.log(`every 5 ms. Bars: ${bar} ms for 99 % of the calls, and no drop at a heartbeat of 1 s.\n`);
  console.log(`| ${columns.join(' | ')} |`);
  console.log(`|---|---|${'--:|'.repeat(columns.length - 2)}`);
  const missed = [];
  for (const contender of contenders) {
    const found = await measure(contender, calls);
    for (const [way, its] of found) {
      console.log(await row(contender, way, its));
      if (contender === 'hawser') missed.push(...misses(its).map((miss) => `${way}: ${miss}`));
    }
  }
  console.log(`\nflow-large: ${missed.length === 0 ? 'all bars kept' : `missed: ${missed.join('; ')}`}`);
  return missed.length === 0;
}

/**
 * @param {string} contender
 * @param {number} calls
 */
async function measure(contender, calls) {
  const server = new Child('flow/large/large-server.mjs', [contender]);
  try {
    const client = new Child('flow/large/large-client.mjs', [contender, String(await server.answer())]);
    try {
      await client.answer();
      /** @type {Map<string, Findings>} */
      const found = new Map();
      for (const beside of ways) found.set(beside, await measureOne({ server, client }, { beside, calls }));
      return found;
    } finally {
      await client.stop();
    }
  } finally {
    await server.stop();
  }
}

/**
 * @param {{ server: Child, client: Child }} children
 * @param {{ beside: string, calls: number }} order
 * @returns {Promise<Findings>}
 */
async function measureOne({ server, client }, order) {
  const before = { ...machineTime(), server: await server.ask('cpu') };
  const { cpu, ...found } = await client.ask(order);
  const after = { ...machineTime(), server: await server.ask('cpu') };
  const own = cpu + after.server - before.server;
  // The two clocks tick at different times.
  const elsewhere = Math.max(0, (after.busy - before.busy - own) / (after.all - before.all));
  return { ...found, elsewhere };
}

/**
 * @param {string} contender
 * @param {string} way
 * @param {Findings} found
 */
async function row(contender, way, { made, due, carried, drops, elsewhere }) {
  const { title } = await loadLargeContender(contender);
  const pace = carried && (carried.count * valueBytes) / million / (carried.ms / 1000);
  const times = [made.median, made.p99, made.max, due.p99, due.max].map((ms) => ms.toFixed(2));
  const cells = [carried?.count ?? '', pace?.toFixed(0) ?? '', ...times, drops, percent(elsewhere)];
  return `| ${[title, way, ...cells].join(' | ')} |`;
}

/** @param {Findings} found */
function misses({ made, drops }) {
  return [
    ...(made.p99 <= bar ? [] : [`99 % of the calls within ${made.p99.toFixed(1)} ms`]),
    ...(drops === 0 ? [] : ['the connection was dropped']),
  ];
}
