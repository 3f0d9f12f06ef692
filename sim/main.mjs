// Usage: npm run sim -- --seeds N [--seed S] [--jobs J]
//        npm run sim -- --seed S
//
//   --seeds  how many worlds to run
//   --seed   the first of them; alone, that one world runs and tells its trace
//   --jobs   how many processes run them, as many as there are cores if not said
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.mjs';
import { Summary } from './summary.mjs';
import { runAll, Worker } from './workers.mjs';

/** Worlds that a process runs between two reports. */
const batch = 100;

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, seed: { type: 'string' }, jobs: { type: 'string' } },
});
const seed = natural('seed', 1);
const folder = await mkdtemp(join(tmpdir(), 'hawser-sim-'));
const file = join(folder, 'worker.mjs');
try {
  await bundle(file);
  const violations =
    values.seeds === undefined && values.seed !== undefined ? await replay() : await runMany();
  if (violations > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function replay() {
  const worker = new Worker(file);
  const { violations, hash } = await worker.run({ trace: seed });
  worker.stop();
  for (const { violation } of violations)
    console.log(`\nVIOLATION ${violation.invariant}: ${violation.detail}`);
  console.log(`\nseed ${seed}, hash ${hash.map(hex).join('')}, ${violations.length} violations`);
  return violations.length;
}

async function runMany() {
  const worlds = natural('seeds', 1000);
  const jobs = natural('jobs', availableParallelism());
  const summary = new Summary(worlds);
  const range = { from: seed, to: seed + worlds, jobs, batch };
  await runAll(file, range, (report) => summary.add(report));
  console.log(summary.text);
  return summary.violations;
}

/** @param {number} value */
function hex(value) {
  return value.toString(16).padStart(8, '0');
}

/**
 * @param {'seed' | 'seeds' | 'jobs'} option
 * @param {number} fallback
 */
function natural(option, fallback) {
  const value = Number(values[option] ?? fallback);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${option} must be a whole number above 0`);
  return process.exit(2);
}
