// Usage: npm run bench -- <scenario> [--check] [--profile] [--rounds n] [--calls n]
//
//   --check    exit code 1 when the subject is above the scenario's bar
//   --profile  instead of measuring, print where the subject's time goes on both ends
//   --rounds, --calls  other than the scenario's own
import { readdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { loadContender, loadScenario } from './contender.mjs';
import { Pair, pinned } from './processes.mjs';
import { profile } from './profile.mjs';
import { ratios, runRounds, spread } from './rounds.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    check: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    calls: { type: 'string' },
  },
});
const files = await readdir(new URL('scenarios', import.meta.url));
const known = files.map((file) => file.replace(/\.mjs$/, ''));
const [name = ''] = positionals;
if (positionals.length !== 1 || !known.includes(name)) {
  console.error(`Name one scenario of: ${known.join(', ')}`);
  process.exit(2);
}
const scenario = await loadScenario(name);
const { defaults, baseline, subject, bar, unit } = scenario;

console.log(`## ${name}\n\n${scenario.title}.`);
console.log(`Node ${process.version}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores.\n`);
if (options.profile) {
  const calls = count('calls', defaults.profiled);
  console.log(await profile({ contender: subject, scenario: name }, calls));
} else {
  const ratio = await compare();
  console.log(`\n${name}: ratio ${ratio.toFixed(2)} (bar ${bar})`);
  if (options.check && !(ratio <= bar)) process.exitCode = 1;
}

/** Measures all contenders, prints the table, and answers the subject's ratio. */
async function compare() {
  const sizes = {
    ...defaults,
    rounds: count('rounds', defaults.rounds),
    calls: count('calls', defaults.calls),
  };
  const values = await measure([baseline, subject, ...scenario.others], sizes);
  const base = values.get(baseline) ?? [];
  console.log(`${sizes.rounds} rounds of ${sizes.calls} calls, ratios within a round; ${pinning()}.\n`);
  console.log(
    `| contender | ${unit}, median | ratio, median | min | lower quartile | upper quartile | max |`,
  );
  console.log('|---|--:|--:|--:|--:|--:|--:|');
  for (const [contender, own] of values) {
    const { title } = await loadContender(contender);
    const { median, min, lower, upper, max } = spread(ratios(own, base));
    const cells = [median, min, lower, upper, max].map((ratio) => ratio.toFixed(2));
    console.log(`| ${[title, spread(own).median.toFixed(1), ...cells].join(' | ')} |`);
  }
  return spread(ratios(values.get(subject) ?? [], base)).median;
}

/**
 * @param {readonly string[]} contenders
 * @param {Scenario['defaults']} sizes
 * @typedef {import('./contender.mjs').Scenario} Scenario
 */
async function measure(contenders, sizes) {
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
 * @param {'rounds' | 'calls'} option
 * @param {number} fallback
 */
function count(option, fallback) {
  const value = Number(options[option] ?? fallback);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${option} must be a number above 0`);
  return process.exit(2);
}
