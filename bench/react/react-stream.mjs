import { inOrder, spread } from '../rounds.mjs';
import { launchChromium } from './chromium.mjs';
import { host } from './hosts.mjs';
import { pageScript } from './page-script.mjs';
import { visit } from './visit.mjs';

/** Items a second. */
const rate = 20_000;

/** @type {{ title: string, entry: string, wire: 'hawser' | 'trpc' }[]} */
const contenders = [
  { title: '`useStream`', entry: 'hawser.mjs', wire: 'hawser' },
  { title: '`useSubscription`, tRPC over `wsLink`', entry: 'trpc.mjs', wire: 'trpc' },
  { title: '`useSubscription`, tRPC over `hawserLink`', entry: 'hawser-link.mjs', wire: 'hawser' },
];

/**
 * A component that shows what it makes of 20,000 items a second. Prints what that costs the page, and answers whether
 * `useStream` lost none and rendered once a frame at most.
 * @param {{ rounds: number, ms: number }} sizes
 */
export async function reactStream({ rounds, ms }) {
  const input = { rate, count: (rate * ms) / 1000 };
  console.log(
    `${input.count} items at ${rate} a second, ${rounds} rounds in turn. Medians; of items lost and of`,
  );
  console.log(
    'renders in a frame, the most. Chromium, React 19, production build. Each item goes into a table',
  );
  console.log('of 20 rows, by the same reducer.\n');
  const visits = await visitAll(rounds, input);
  console.log(
    '| hook | items lost | renders a second | most renders in a frame | main thread busy | dropped frames | longest frame, ms | last item after, ms |',
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|--:|');
  for (const [{ title }, own] of visits) console.log(`| ${[title, ...rowOf(own, input)].join(' | ')} |`);
  const [[, subject = []] = []] = visits;
  const kept = subject.every(({ count, jumps, most }) => count === input.count && jumps === 0 && most <= 1);
  console.log(`\nreact-stream: ${kept ? 'none lost, one render a frame at most' : 'a bar was missed'}`);
  return kept;
}

/**
 * @param {number} rounds
 * @param {{ rate: number, count: number }} input
 * @typedef {(typeof contenders)[number]} Contender
 * @typedef {import('./visit.mjs').Visit} Visit
 */
async function visitAll(rounds, input) {
  /** @type {Map<Contender, Visit[]>} */
  const visits = new Map(contenders.map((contender) => [contender, []]));
  const browser = await launchChromium();
  try {
    for (let round = 0; round < rounds; round++) {
      for (const contender of inOrder(contenders, round)) {
        visits.get(contender)?.push(await visitOnce(browser.context, contender, input));
      }
    }
  } finally {
    await browser.close();
  }
  return visits;
}

/**
 * @param {import('playwright-core').BrowserContext} context
 * @param {Contender} contender
 * @param {{ rate: number, count: number }} input
 */
async function visitOnce(context, { entry, wire }, input) {
  const { url, close } = await host(await pageScript(entry), wire);
  try {
    return await visit(context, url, input);
  } finally {
    await close();
  }
}

/**
 * @param {readonly Visit[]} visits
 * @param {{ count: number }} input
 */
function rowOf(visits, { count }) {
  /** @param {(visit: Visit) => number} read */
  const median = (read) => spread(visits.map(read)).median;
  /** @param {(visit: Visit) => number} read */
  const most = (read) => Math.max(...visits.map(read));
  return [
    most((it) => count - it.count).toFixed(0),
    median((it) => (it.commits * 1000) / it.ms).toFixed(0),
    most((it) => it.most).toFixed(0),
    `${median((it) => (it.busyMs * 100) / it.ms).toFixed(0)} %`,
    `${median((it) => (it.dropped * 100) / (it.frames + it.dropped)).toFixed(1)} %`,
    median((it) => it.longest).toFixed(0),
    median((it) => it.ms).toFixed(0),
  ];
}
