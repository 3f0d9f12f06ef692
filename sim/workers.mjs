import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * @typedef {{ readonly from: number, readonly to: number } | { readonly trace: number }} Order
 * @typedef {Record<string, number>} Counts
 * @typedef {{ readonly seed: number, readonly violation: { readonly invariant: string, readonly detail: string } }} Finding
 * @typedef {{
 *   readonly tally: Record<string, number | Counts>,
 *   readonly violations: readonly Finding[],
 *   readonly hash: readonly [number, number],
 *   readonly cpuMs: number,
 * }} Report
 */

/** A process that runs worlds of a bundle, one order after the other. */
export class Worker {
  #child;
  #gone;

  /** @param {string} file */
  constructor(file) {
    this.#child = fork(file, {
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#gone = once(this.#child, 'exit').then(([code]) => {
      throw new Error(`A worker ended by itself, with ${code}`);
    });
    this.#gone.catch(() => {});
  }

  /**
   * @param {Order} order
   * @returns {Promise<Report>}
   */
  async run(order) {
    this.#child.send(order);
    const listening = new AbortController();
    try {
      const [report] = await Promise.race([
        once(this.#child, 'message', { signal: listening.signal }),
        this.#gone,
      ]);
      return report;
    } finally {
      listening.abort();
    }
  }

  stop() {
    this.#child.kill();
  }
}

/** A batch that takes longer may hold a world that never ends. */
const patienceMs = 120_000;

/**
 * Runs worlds of a range of seeds in so many processes at a time.
 * @param {string} file
 * @param {{ readonly from: number, readonly to: number, readonly jobs: number, readonly batch: number }} range
 * @param {(report: Report) => void} told What came of a batch.
 */
export async function runAll(file, { from, to, jobs, batch }, told) {
  let next = from;
  const workers = Array.from({ length: jobs }, () => new Worker(file));
  const work = async (/** @type {Worker} */ worker) => {
    while (next < to) {
      const start = next;
      next = Math.min(to, start + batch);
      const last = next - 1;
      const warn = () => console.error(`One of the worlds ${start} to ${last} takes long`);
      const patience = setTimeout(warn, patienceMs);
      told(await worker.run({ from: start, to: last + 1 }));
      clearTimeout(patience);
    }
  };
  try {
    await Promise.all(workers.map(work));
  } finally {
    for (const worker of workers) worker.stop();
  }
}
