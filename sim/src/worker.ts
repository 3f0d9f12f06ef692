import process from 'node:process';
import type { Outcome } from './run-world.ts';
import { runWorld } from './run-world.ts';
import type { Tally } from './tally.ts';
import { newTally } from './tally.ts';

/** Every so many-th seed is run twice. */
const twice = 50;

/** Seeds to run, or one to run for a reader. */
export type Order = { readonly from: number; readonly to: number } | { readonly trace: number };

/** What came of an order. */
export interface Report {
  readonly tally: Tally;
  readonly violations: readonly Outcome[];
  /** Of all worlds together, in whatever order they ran. */
  readonly hash: readonly [number, number];
  readonly cpuMs: number;
}

async function runTwice(seed: number, first: Outcome): Promise<Outcome> {
  const second = await runWorld(seed, newTally());
  if (second.hash[0] === first.hash[0] && second.hash[1] === first.hash[1]) return first;
  const detail = `hashes ${first.hash.join()} and ${second.hash.join()}`;
  return { ...first, violation: first.violation ?? { invariant: 'same-again', detail } };
}

function mixed(hash: number, seed: number): number {
  return Math.imul(hash ^ Math.imul(seed, 0x9e3779b1), 0x85ebca6b) >>> 0;
}

async function run(from: number, to: number): Promise<Report> {
  const tally = newTally();
  const violations: Outcome[] = [];
  const started = process.cpuUsage();
  let one = 0;
  let other = 0;
  for (let seed = from; seed < to; seed++) {
    const first = await runWorld(seed, tally);
    const outcome = seed % twice === 0 ? await runTwice(seed, first) : first;
    if (outcome.violation) violations.push(outcome);
    one = (one + mixed(outcome.hash[0], seed)) >>> 0;
    other = (other + mixed(outcome.hash[1], seed)) >>> 0;
  }
  const { user, system } = process.cpuUsage(started);
  return { tally, violations, hash: [one, other], cpuMs: (user + system) / 1000 };
}

async function trace(seed: number): Promise<Report> {
  const tally = newTally();
  const outcome = await runWorld(seed, tally, (line) => void process.stdout.write(`${line}\n`));
  const violations = outcome.violation ? [outcome] : [];
  return { tally, violations, hash: outcome.hash, cpuMs: 0 };
}

process.on('message', (order: Order) => {
  const work = 'trace' in order ? trace(order.trace) : run(order.from, order.to);
  void work.then((report) => process.send?.(report));
});
