// Usage: npm run chaos -- [--minutes 10] [--seed s] [--clients 24] [--restarts] [--contender name | --peers]
//        npm run chaos -- --soak minutes [--seed s] [--clients 24]
//
//   --restarts   the server is killed now and then, too
//   --contender  hawser (the default), trpc, trpc-retry-all
//   --peers      all contenders, one after the other; also written to results/
//   --soak       watches the memory of both ends, too
//   --verbose    prints some rejections and slow calls of any run, with what befell their lines before
import process from 'node:process';
import { parseArgs } from 'node:util';
import { chaosRun } from './chaos-run.mjs';
import { contenderNames, loadContender } from './contender.mjs';
import { Soak } from './memory/soak.mjs';
import { incidents } from './report/incidents.mjs';
import { writeResults } from './report/results.mjs';
import { table } from './report/table.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    clients: { type: 'string', default: '24' },
    restarts: { type: 'boolean', default: false },
    contender: { type: 'string', default: 'hawser' },
    peers: { type: 'boolean', default: false },
    soak: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});
if (!contenderNames.includes(options.contender)) {
  console.error(`--contender must be one of: ${contenderNames.join(', ')}`);
  process.exit(2);
}
const plan = {
  minutes: count('minutes', options.soak ?? options.minutes),
  seed: count('seed', options.seed),
  clients: count('clients', options.clients),
  restarts: options.restarts,
};

const names = options.peers ? contenderNames : [options.contender];
const soak = options.soak === undefined ? undefined : new Soak();
console.log(`Chaos: ${JSON.stringify(plan)}\n`);
const runs = [];
for (const contender of names) {
  const { title, set, carriesValues } = await loadContender(contender);
  console.error(`${title}`);
  const judgement = await chaosRun({ contender, ...plan }, soak?.observe);
  runs.push({ contender, title, set, carriesValues, judgement });
}
console.log(table(runs));
console.log(`\n${runs.map(({ title, set }) => `- ${title}: ${set}`).join('\n')}`);
if (soak) console.log(`\n${soak}`);
if (options.peers) await writeResults(plan, runs);
for (const { title, judgement } of runs) {
  if (judgement.violations.length > 0) console.log(`\n${title}: ${judgement.violations.join('; ')}`);
}
// A peer that loses things is no failure of this run: the first contender is the subject.
const [subject] = runs;
if (subject && (options.verbose || subject.judgement.violations.length > 0)) {
  console.log(`\n${incidents(subject.judgement)}`);
}
if (subject && subject.judgement.violations.length > 0) {
  console.log(`\nThe same faults again: npm run chaos -- ${replay()}`);
  process.exitCode = 1;
}
if (soak?.grew) process.exitCode = 1;

function replay() {
  const { minutes, seed, clients, restarts } = plan;
  const extent = options.soak === undefined ? `--minutes ${minutes}` : `--soak ${minutes}`;
  const words = [extent, `--seed ${seed}`, `--clients ${clients}`, `--contender ${options.contender}`];
  return `${words.join(' ')}${restarts ? ' --restarts' : ''}`;
}

/**
 * @param {string} option
 * @param {string} text
 */
function count(option, text) {
  const value = Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  console.error(`--${option} must be a number above 0`);
  return process.exit(2);
}
