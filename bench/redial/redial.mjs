import { setTimeout } from 'node:timers/promises';
import { Child } from '../child.mjs';
import { machineTime } from '../cpu-time.mjs';
import { buckets, histogram, largestShare, percent } from './histogram.mjs';

const sessionsPerProcess = 5000;

/** Clients are here to keep the server busy, not to collect garbage. */
const clientOptions = ['--max-semi-space-size=64'];

/** So many clients dial at once while they come in: no more than a server lets wait. */
const atOnce = 500;

/** Longer than the redial of everybody takes, and less than a session lives without a socket. */
const patienceMs = 100_000;

const pollMs = 200;

const bucketMs = 100;
const bar = 0.1;

/** The bar is for that many: fewer are spread over less time. */
const barFor = 10_000;

/** How many items each stream is to have: one before the cut, one while nobody has a socket, one after. */
const items = 3;

/**
 * @typedef {object} Findings
 * @property {{ alive: number, cutAt: number, cutMs: number }} cut
 * @property {{ alive: number, before: number, resumed: number, others: number, dials: number[], upgrades: number }} server
 * @property {import('./held-session.mjs').Report[]} clients
 * @property {number} elsewhere The share of the machine's CPU time that others had.
 */

/**
 * Sessions on one server lose all their sockets at once, at the server's side. Prints what became of them, and
 * answers whether all came back, with nothing lost, and well spread.
 * @param {number} sessions
 */
export async function redial(sessions) {
  const { server, clients, cut, elsewhere } = await cutAndWait(sessions);
  const failures = failuresOf(clients);
  const answered = clients.filter((it) => it.answered).length;
  const whole = clients.filter((it) => it.ticks === items && it.begins === 1).length;
  const back = clients.flatMap(({ backAt }) => (backAt === undefined ? [] : [backAt - cut.cutAt]));
  back.sort((a, b) => a - b);
  const chosen = buckets(
    clients.flatMap(({ delay }) => delay ?? []),
    bucketMs,
  );
  const accepted = buckets(server.dials, bucketMs);
  const lost = sessions - server.resumed;

  console.log(`| | |\n|---|--:|`);
  for (const [what, value] of [
    ['sessions before the cut', cut.alive],
    ['sessions after it', server.alive],
    ['resumed', server.resumed],
    ['lost', lost],
    ['new sessions', server.others],
    ['calls answered', answered],
    ['streams without a skip, a repeat or a new beginning', whole],
    ['dials since the cut', server.dials.length],
    ['of them upgraded', server.upgrades],
    ['dials that failed', clients.reduce((sum, it) => sum + it.dialErrors, 0)],
    ["CPU time that others had, of the machine's", percent(elsewhere)],
    ['ms to destroy all sockets', cut.cutMs.toFixed(0)],
    ['ms until half were back', back[back.length >> 1]?.toFixed(0)],
    ['ms until the last was back', back.at(-1)?.toFixed(0)],
  ]) {
    console.log(`| ${what} | ${value} |`);
  }
  for (const [failure, count] of failures) console.log(`\n${count} times: ${failure}`);
  const columns = new Map([
    ['chosen by a client, since its drop', chosen],
    ['accepted by the server, since the cut', accepted],
  ]);
  console.log(`\nDials per ${bucketMs} ms:\n\n${histogram(columns, bucketMs)}\n`);
  const largest = [chosen, accepted].map(largestShare);
  const binding = sessions >= barFor;
  const bounds = binding ? `bar ${percent(bar)}` : `no bar below ${barFor} sessions`;
  const shares = largest.map(percent).join(' chosen, ');
  console.log(`redial: ${lost} lost (bar 0), largest bucket ${shares} accepted (${bounds})`);
  const kept = lost === 0 && server.others === 0 && answered === sessions && whole === sessions;
  // When a busy machine gets round to accepting says more about the machine than about the spread.
  const crowded = binding && largestShare(chosen) > bar;
  return kept && failures.size === 0 && !crowded;
}

/**
 * @param {number} sessions
 * @returns {Promise<Findings>}
 */
async function cutAndWait(sessions) {
  const server = new Child('redial/server.mjs', []);
  /** @type {Child[]} */
  const clients = [];
  try {
    const { answer: url } = await server.answer();
    for (let first = 0; first < sessions; first += sessionsPerProcess) {
      const child = new Child('redial/clients.mjs', [url, String(first)], { node: clientOptions });
      clients.push(child);
      await child.answer();
      const end = Math.min(sessions, first + sessionsPerProcess);
      for (let open = first; open < end; open += atOnce) {
        await order(child, 'open', Math.min(atOnce, end - open));
      }
    }
    await order(server, 'tick');
    await until(async () => (await sum(clients, 'ticked', 1)) >= sessions);
    const all = [server, ...clients];
    const before = { ...machineTime(), own: await sum(all, 'cpu') };
    const cut = await order(server, 'cut');
    await until(async () => (await order(server, 'back')) >= sessions);
    const after = { ...machineTime(), own: await sum(all, 'cpu') };
    const busyElsewhere = after.busy - before.busy - (after.own - before.own);
    const elsewhere = busyElsewhere / (after.all - before.all);
    await order(server, 'finish');
    await until(async () => (await sum(clients, 'settled', items)) >= sessions);
    const reports = await Promise.all(clients.map((child) => order(child, 'report')));
    return { cut, elsewhere, server: await order(server, 'report'), clients: reports.flat() };
  } finally {
    await Promise.all([...clients, server].map((child) => child.stop()));
  }
}

/**
 * @param {Child} child
 * @param {string} order
 * @param {number} [data]
 */
async function order(child, order, data = 0) {
  return (await child.ask({ order, data })).answer;
}

/**
 * @param {readonly Child[]} children
 * @param {string} name
 * @param {number} [data]
 */
async function sum(children, name, data) {
  const counts = await Promise.all(children.map((child) => order(child, name, data)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Gives up after a while: then what is missing shows in the table.
 * @param {() => Promise<boolean>} condition
 */
async function until(condition) {
  const deadline = performance.now() + patienceMs;
  while (!(await condition()) && performance.now() < deadline) await setTimeout(pollMs);
}

/**
 * How often each failure was told.
 * @param {readonly import('./held-session.mjs').Report[]} clients
 */
function failuresOf(clients) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const failure of clients.flatMap(({ failures }) => failures)) {
    counts.set(failure, (counts.get(failure) ?? 0) + 1);
  }
  return counts;
}
