// Usage: npm run sim:mutants [-- words of a mutant's name]
//
// Breaks one rule of core at a time and runs worlds until one of them shows it. Exit code 1 if a mutant survives.
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { bundle, occurrences } from './bundle.mjs';
import { mutants } from './mutant-table.mjs';
import { Worker } from './workers.mjs';

/** @typedef {{ readonly name: string, readonly seed: number | undefined, readonly invariant: string }} Row */

const unchanged = 'unchanged';
const mostSeeds = 3000;
const batch = 10;

/** A world of a mutant may never come to its end. */
const patienceMs = 60_000;

const wanted = process.argv.slice(2).join(' ');
const queue = mutants.filter(({ name }) => name.includes(wanted));
const folder = await mkdtemp(join(tmpdir(), 'hawser-mutants-'));
/** @type {Row[]} */
const rows = [];
try {
  await checkEdits();
  await bundle(fileOf(unchanged));
  await Promise.all(Array.from({ length: availableParallelism() }, work));
} finally {
  await rm(folder, { recursive: true, force: true });
}
const survivors = rows.filter(({ seed }) => seed === undefined);
console.log(`\n${table()}\n\n${rows.length} mutants, ${survivors.length} survived`);
process.exitCode = survivors.length > 0 ? 1 : 0;

/** A text that is not there any more is told before anything runs. */
async function checkEdits() {
  const stale = [];
  for (const { name, edits } of queue) {
    for (const edit of edits) {
      const times = await occurrences(edit);
      if (times !== 1) stale.push(`${name}: ${edit.file} has ${times} times\n${edit.find}`);
    }
  }
  if (stale.length > 0) throw new Error(`Texts that are not there once:\n\n${stale.join('\n\n')}`);
}

async function work() {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    await bundle(fileOf(mutant.name), mutant.edits);
    const row = await hunt(mutant.name);
    console.log(`${row.name}: ${row.seed === undefined ? 'SURVIVED' : `seed ${row.seed}, ${row.invariant}`}`);
    rows.push(row);
  }
}

/** @param {string} name */
function fileOf(name) {
  return join(folder, `${name.replaceAll(' ', '-')}.mjs`);
}

/**
 * Runs worlds until one shows the mutant: one in which core as it is does nothing wrong.
 * @param {string} name
 * @returns {Promise<Row>}
 */
async function hunt(name) {
  const worker = new Worker(fileOf(name));
  const whole = new Worker(fileOf(unchanged));
  try {
    for (let from = 1; from <= mostSeeds; from += batch) {
      const report = await Promise.race([worker.run({ from, to: from + batch }), patience()]);
      if (report === undefined) return { name, seed: from, invariant: 'a world that never ends' };
      for (const { seed, violation } of report.violations) {
        const { violations } = await whole.run({ from: seed, to: seed + 1 });
        if (violations.length === 0) return { name, seed, invariant: violation.invariant };
      }
    }
    return { name, seed: undefined, invariant: '' };
  } finally {
    worker.stop();
    whole.stop();
  }
}

/** @returns {Promise<undefined>} */
function patience() {
  return new Promise((resolve) => setTimeout(resolve, patienceMs, undefined).unref());
}

function table() {
  const order = mutants.map(({ name }) => name);
  rows.sort((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  const widest = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(
      ({ name, seed, invariant }) =>
        `${name.padEnd(widest)}  ${String(seed ?? 'SURVIVED').padStart(8)}  ${invariant}`,
    )
    .join('\n');
}
