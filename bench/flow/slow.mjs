import { defaultLimits } from '@hawser/core';
import { loadFlowContender } from './flow-contender.mjs';
import { runSlow } from './slow-run.mjs';
import { itemBytes } from './source.mjs';
import { itemsFirst, ways } from './stalls.mjs';

const million = 1e6;

/** Items of the largest window that a stream may have: whatever the socket holds is in it. */
const windowItems = Math.ceil(defaultLimits.streamBytes / itemBytes);

/** How much a server may grow, in bytes: for one client, and for all of many. */
const growthBar = { one: 8 * million, many: 200 * million };

const latencyBar = 2;

/** What each contender is tried with. With many clients the peers show the same as with one, and more of it. */
const tried = {
  one: { hawser: ways, trpc: ways, 'bare-ws': ways.slice(0, 1) },
  many: { hawser: ways, trpc: ways.slice(0, 1), 'bare-ws': ways.slice(0, 1) },
};

const columns = [
  'contender',
  'way',
  'pulled',
  'ahead of a consumer, at most',
  'server grew, MB',
  'its heap and beside',
  'other calls before, µs',
  'with it',
  'ratio',
];

/** @typedef {import('./slow-run.mjs').SlowFindings} SlowFindings */

/**
 * Clients that stop reading while a generator has ever more for them. Prints what that costs the server, and answers
 * whether Hawser kept its bars.
 * @param {{ clients: number, ms: number }} sizes
 */
export async function slow({ clients, ms }) {
  console.log(`Items of ${itemBytes} bytes without end, one a turn; ${itemsFirst} are taken, then none for`);
  console.log(`${ms} ms. A server that has grown by 1 GiB offers no more.`);
  const missed = [
    ...(await tryAll({ size: 'one', clients: 1, ms })),
    ...(await tryAll({ size: 'many', clients, ms })),
  ];
  console.log(`\nflow-slow: ${missed.length === 0 ? 'all bars kept' : `missed: ${missed.join('; ')}`}`);
  return missed.length === 0;
}

/**
 * Answers which bars Hawser missed.
 * @param {{ size: 'one' | 'many', clients: number, ms: number }} options
 */
async function tryAll({ size, clients, ms }) {
  console.log(`\n${clients} of them (bars: ${windowItems} ahead, ${growthBar[size] / million} MB):\n`);
  console.log(`| ${columns.join(' | ')} |`);
  console.log(`|---|---|${'--:|'.repeat(columns.length - 2)}`);
  const missed = [];
  for (const [contender, its] of Object.entries(tried[size])) {
    const { title } = await loadFlowContender(contender);
    for (const way of its) {
      const found = await runSlow({ contender, way, clients, ms });
      console.log(row([title, way], found));
      if (contender === 'hawser')
        missed.push(...misses(found, size).map((miss) => `${clients} × ${way}: ${miss}`));
    }
  }
  return missed;
}

/**
 * @param {readonly string[]} names
 * @param {SlowFindings} found
 */
function row(names, { pulled, ahead, capped, rss, held, quiet, stalled }) {
  const calls = [quiet, stalled, ratio({ quiet, stalled })];
  const cells = [
    ...names,
    capped ? `${pulled}, then stopped` : pulled,
    ahead,
    (rss / million).toFixed(1),
    (held / million).toFixed(1),
    ...calls.map((value) => value?.toFixed(value < 10 ? 2 : 0) ?? ''),
  ];
  return `| ${cells.join(' | ')} |`;
}

/**
 * @param {SlowFindings} found
 * @param {'one' | 'many'} size
 */
function misses(found, size) {
  const { ahead, rss, held } = found;
  const slower = ratio(found);
  return [
    ...(ahead > windowItems ? [`${ahead} items ahead`] : []),
    ...(Math.max(rss, held) >= growthBar[size] ? ['growth'] : []),
    ...(slower !== undefined && !(slower <= latencyBar) ? ['latency of other calls'] : []),
  ];
}

/** @param {Pick<SlowFindings, 'quiet' | 'stalled'>} found */
function ratio({ quiet, stalled }) {
  return quiet === undefined || stalled === undefined ? undefined : stalled / quiet;
}
