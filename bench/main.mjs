// Usage: npm run bench [-- <speed scenario> ...] [--peers] [--only names] [--transformer superjson] [--rounds n] [--write]
//        npm run bench -- <scenario> [--check] [--profile] [--rounds n] [--calls n]
//        npm run bench -- bundle [--peers]
//        npm run bench -- redial [--sessions n]
//        npm run bench -- flow-slow [--sessions n] [--seconds n]
//        npm run bench -- flow-distance [--seconds n]
//        npm run bench -- flow-upload [--mebibytes n] [--rounds n]
//        npm run bench -- flow-large [--calls n]
//        npm run bench -- react-stream [--rounds n] [--seconds n]
//
//   The speed scenarios are those of `speed/scenarios.mjs`: without a name all of them, one after the other.
//   --peers    measure the libraries of others beside bare `ws` and Hawser
//   --only     measure these contenders, with commas between them
//   --transformer superjson  with it at both ends, wherever there is one
//   --write    keep the results for `node bench/speed/report.mjs`, which writes docs/speed.md
//   --check    exit code 1 when the subject is above the scenario's bar
//   --profile  instead of measuring, print where the subject's time goes on both ends
//   --rounds, --calls  other than the scenario's own
//   bundle     what a browser loads
//   redial     cut all sockets of 10,000 sessions at once; exit code 1 if one is lost, or they dial in a crowd
//   flow-slow  what a client that stops reading costs a server; exit code 1 if a bar is missed
//   flow-distance  a stream over a long way; exit code 1 if it is too slow
//   flow-upload  a large upload, chunk by chunk; exit code 1 if a bar is missed
//   flow-large  small calls while large values travel; exit code 1 if a bar is missed
//   react-stream  a fast stream in a React page, in Chromium; exit code 1 if a bar is missed
import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { bundles, bundleTable } from './bundle/bundle.mjs';
import { loadContender, loadScenario } from './contender.mjs';
import { distance } from './flow/distance.mjs';
import { large } from './flow/large/large.mjs';
import { slow } from './flow/slow.mjs';
import { upload } from './flow/upload/upload.mjs';
import { Pair, pinned } from './processes.mjs';
import { profile } from './profile.mjs';
import { reactStream } from './react/react-stream.mjs';
import { redial } from './redial/redial.mjs';
import { inOrder, ratios, runRounds, spread } from './rounds.mjs';
import { scenarios } from './speed/scenarios.mjs';
import { speed } from './speed/speed.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    calls: { type: 'string' },
    sessions: { type: 'string' },
    seconds: { type: 'string' },
    mebibytes: { type: 'string' },
    peers: { type: 'boolean', default: false },
    only: { type: 'string' },
    transformer: { type: 'string', default: 'none' },
    write: { type: 'boolean', default: false },
  },
});
/** What compares no contender with another. Each answers whether its bars were kept. */
/** @type {ReadonlyMap<string, () => Promise<boolean>>} */
const apart = new Map([
  ['bundle', weigh],
  ['redial', cut],
  ['flow-slow', stall],
  ['flow-distance', reach],
  ['flow-upload', pour],
  ['flow-large', haul],
  ['react-stream', show],
]);
const files = await readdir(new URL('scenarios', import.meta.url));
const known = [...files.map((file) => file.replace(/\.mjs$/, '')), ...apart.keys()];
const speedNames = scenarios.map(({ name }) => name);
const [name = ''] = positionals;
if (positionals.every((name) => speedNames.includes(name))) await race(positionals);
else if (positionals.length === 1 && known.includes(name)) await runAlone();
else {
  console.error(`Name any of: ${speedNames.join(', ')}\nor one of: ${known.join(', ')}`);
  process.exitCode = 2;
}

/** @param {readonly string[]} names */
async function race(names) {
  const { only, peers, write } = options;
  const transformer = options.transformer === 'superjson' ? 'superjson' : 'none';
  const rounds = options.rounds === undefined ? undefined : count('rounds', 1);
  for (const { name, title } of scenarios) {
    if (names.length > 0 && !names.includes(name)) continue;
    head(title, name);
    await speed(name, { only, peers, write, transformer, rounds });
  }
}

async function runAlone() {
  const alone = apart.get(name);
  if (alone === undefined) await run(await loadScenario(name));
  else if (!(await alone())) process.exitCode = 1;
}

async function weigh() {
  head('What a browser loads to connect, make one call and read one subscription');
  console.log(bundleTable(await bundles(options.peers)));
  return true;
}

function cut() {
  const sessions = count('sessions', 10_000);
  head(`${sessions} sessions on one server lose all their sockets at once, at the server's side`);
  return redial(sessions);
}

function stall() {
  head('Clients that stop reading');
  return slow({ clients: count('sessions', 200), ms: count('seconds', 5) * 1000 });
}

function reach() {
  head('A stream over a long way');
  return distance({ ms: count('seconds', 5) * 1000 });
}

function pour() {
  head('A large upload through a stream of bytes');
  return upload({ bytes: count('mebibytes', 1024) * 2 ** 20, rounds: count('rounds', 3) });
}

function haul() {
  head('Small calls while large values travel on the same connection');
  return large({ calls: count('calls', 2000) });
}

function show() {
  head('A fast stream in a page');
  return reactStream({ rounds: count('rounds', 5), ms: count('seconds', 5) * 1000 });
}

/** @param {Scenario} scenario */
async function run(scenario) {
  const { defaults, subject, bar, title } = scenario;
  head(title);
  if (options.profile) {
    const calls = count('calls', defaults.profiled);
    console.log(await profile({ contender: subject, scenario: name }, calls));
    return;
  }
  const ratio = await compare(scenario);
  console.log(`\n${name}: ratio ${ratio.toFixed(3)} (bar ${bar})`);
  if (options.check && !(ratio <= bar)) process.exitCode = 1;
}

/** @param {string} title */
function head(title, of = name) {
  console.log(`## ${of}\n\n${title}.`);
  console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores.\n`);
}

/**
 * Measures all contenders, prints the table, and answers the subject's ratio.
 * @param {Scenario} scenario
 */
async function compare({ defaults, baseline, subject, others, unit }) {
  const sizes = {
    ...defaults,
    rounds: count('rounds', defaults.rounds),
    calls: count('calls', defaults.calls),
  };
  const values = await measure([baseline, subject, ...others], sizes);
  const base = values.get(baseline) ?? [];
  console.log(`${sizes.rounds} rounds of ${sizes.calls} calls, ${sizes.roundsEach} in the same processes.`);
  console.log(`Ratios within a round; ${pinning()}.\n`);
  console.log(
    `| contender | ${unit}, median | ratio, median | min | lower quartile | upper quartile | max |`,
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|');
  for (const [contender, own] of values) {
    const { title } = await loadContender(contender);
    const { median, min, lower, upper, max } = spread(ratios(own, base));
    const cells = [median, min, lower, upper, max].map((ratio) => ratio.toFixed(3));
    console.log(`| ${[title, spread(own).median.toFixed(1), ...cells].join(' | ')} |`);
  }
  return spread(ratios(values.get(subject) ?? [], base)).median;
}

/**
 * All rounds, in processes that are started anew after every few: the same code is compiled to a speed of its own in
 * each process, and no number of rounds in one shows what the code itself costs.
 * @param {readonly string[]} contenders
 * @param {Scenario['defaults']} sizes
 * @typedef {import('./contender.mjs').Scenario} Scenario
 */
async function measure(contenders, { rounds, roundsEach, ...sizes }) {
  /** @type {Map<string, number[]>} */
  const values = new Map(contenders.map((contender) => [contender, []]));
  for (let done = 0; done < rounds; done += roundsEach) {
    const own = { ...sizes, rounds: Math.min(roundsEach, rounds - done) };
    const measured = await measureOnce(inOrder(contenders, done / roundsEach), own);
    for (const [contender, more] of measured) values.get(contender)?.push(...more);
  }
  return values;
}

/**
 * @param {readonly string[]} contenders
 * @param {Parameters<typeof runRounds>[1]} sizes
 */
async function measureOnce(contenders, sizes) {
  /** @type {Map<string, Pair>} */
  const pairs = new Map();
  try {
    for (const contender of contenders) {
      pairs.set(contender, await Pair.start({ contender, scenario: name }));
    }
    return await runRounds(pairs, sizes);
  } finally {
    for (const pair of pairs.values()) await pair.stop();
  }
}

function pinning() {
  return pinned
    ? 'client and server pinned to one core'
    : 'NOT PINNED (no taskset): ratios are not comparable';
}

/**
 * @param {'rounds' | 'calls' | 'sessions' | 'seconds' | 'mebibytes'} option
 * @param {number} fallback
 */
function count(option, fallback) {
  const value = Number(options[option] ?? fallback);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${option} must be a number above 0`);
  return process.exit(2);
}
