import { Child } from '../../child.mjs';
import { inOrder, spread } from '../../rounds.mjs';
import { loadUploadContender } from './upload-contender.mjs';

const million = 1e6;

const chunkSizes = [64 * 1024, 4 * 1024 * 1024];

/** How much either process may grow, in bytes. */
const growthBar = 150 * million;

const contenders = ['hawser', 'bare-ws'];

const columns = ['contender', 'chunk, KiB', 'MB/s, median', 'client grew, MB', 'server grew, MB', 'SHA-256'];

/** @typedef {{ right: boolean, ms: number, clientGrowth: number, serverGrowth: number }} Findings */

/**
 * A large upload, chunk by chunk. Prints how fast it was and what it cost, and answers whether Hawser kept its bars.
 * @param {{ bytes: number, rounds: number }} sizes
 */
export async function upload({ bytes, rounds }) {
  console.log(
    `${bytes / 2 ** 20} MiB, SHA-256 at both ends included; ${rounds} rounds, each in new processes.`,
  );
  console.log(`Growth is the most of all rounds, looked at every 20 ms (bar ${growthBar / million} MB).\n`);
  console.log(`| ${columns.join(' | ')} |`);
  console.log(`|---|${'--:|'.repeat(columns.length - 2)}---|`);
  const missed = [];
  for (const chunkBytes of chunkSizes) {
    const all = await measureAll({ bytes, chunkBytes }, rounds);
    for (const [contender, found] of all) console.log(await row(contender, { bytes, chunkBytes }, found));
    missed.push(...misses(all.get('hawser') ?? []).map((miss) => `${chunkBytes / 1024} KiB: ${miss}`));
  }
  console.log(`\nflow-upload: ${missed.length === 0 ? 'all bars kept' : `missed: ${missed.join('; ')}`}`);
  return missed.length === 0;
}

/**
 * @param {{ bytes: number, chunkBytes: number }} sizes
 * @param {number} rounds
 */
async function measureAll(sizes, rounds) {
  /** @type {Map<string, Findings[]>} */
  const all = new Map(contenders.map((contender) => [contender, []]));
  for (let round = 0; round < rounds; round++) {
    for (const contender of inOrder(contenders, round)) {
      all.get(contender)?.push(await measure(contender, sizes));
    }
  }
  return all;
}

/**
 * @param {string} contender
 * @param {{ bytes: number, chunkBytes: number }} sizes
 * @returns {Promise<Findings>}
 */
async function measure(contender, sizes) {
  const server = new Child('flow/upload/upload-server.mjs', [contender]);
  try {
    const { url } = await server.answer();
    const client = new Child('flow/upload/upload-client.mjs', [contender, url]);
    try {
      await client.answer();
      await server.ask('begin');
      const { right, ms, growth } = await client.ask(sizes);
      return { right, ms, clientGrowth: growth, serverGrowth: (await server.ask('report')).growth };
    } finally {
      await client.stop();
    }
  } finally {
    await server.stop();
  }
}

/**
 * @param {string} contender
 * @param {{ bytes: number, chunkBytes: number }} sizes
 * @param {readonly Findings[]} found
 */
async function row(contender, { bytes, chunkBytes }, found) {
  const { title } = await loadUploadContender(contender);
  const pace = spread(found.map(({ ms }) => bytes / million / (ms / 1000))).median;
  const grown = [found.map((it) => it.clientGrowth), found.map((it) => it.serverGrowth)];
  const cells = [
    title,
    chunkBytes / 1024,
    pace.toFixed(0),
    ...grown.map((values) => (Math.max(...values) / million).toFixed(1)),
    found.every(({ right }) => right) ? 'right' : 'WRONG',
  ];
  return `| ${cells.join(' | ')} |`;
}

/** @param {readonly Findings[]} found */
function misses(found) {
  return [
    ...(found.every(({ right }) => right) ? [] : ['wrong SHA-256']),
    ...(found.every((it) => it.clientGrowth <= growthBar) ? [] : ['growth of the client']),
    ...(found.every((it) => it.serverGrowth <= growthBar) ? [] : ['growth of the server']),
  ];
}
