import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../sleep.mjs';
import { growth, takeCensus } from './heap-census.mjs';
import { trendOf } from './trend.mjs';

/** A sample is the least of several measurements: what is on its way at one moment or another is not held. */
const measurements = 5;
const measureMs = 3000;

/** The first census waits for code to be compiled and tables to have their size. */
const warmUpMs = 60_000;

const ends = /** @type {const} */ (['server', 'client']);

/** @typedef {(typeof ends)[number]} End */
/** @typedef {Record<End, import('./heap-census.mjs').Census>} Censuses */

/** Watches the heaps of both ends while a run lasts. */
export class Soak {
  /** MiB after a collection. @type {Record<End, number[]>} */
  #series = { server: [], client: [] };
  /** @type {Censuses | undefined} */
  #early;
  /** @type {Censuses | undefined} */
  #late;

  /** @type {import('../chaos-run.mjs').Observer} */
  observe = async ({ server, client, folder, signal }) => {
    const began = performance.now();
    while (!signal.aborted) {
      await this.#sample({ server, client }, signal);
      if (performance.now() - began >= warmUpMs) this.#early ??= await census({ server, client, folder });
    }
    this.#late = await census({ server, client, folder });
  };

  /** Whether a heap did not stay flat. */
  get grew() {
    return ends.some((end) => trendOf(this.#series[end]).rises);
  }

  /**
   * @param {Record<End, { ask(order: string): Promise<any> }>} processes
   * @param {AbortSignal} signal
   */
  async #sample(processes, signal) {
    const least = { server: Number.POSITIVE_INFINITY, client: Number.POSITIVE_INFINITY };
    for (let i = 0; i < measurements; i++) {
      for (const end of ends) {
        const { heapUsed } = await processes[end].ask('memory');
        least[end] = Math.min(least[end], heapUsed / 2 ** 20);
      }
      await sleep(measureMs, signal);
      // One that was cut short is no sample.
      if (signal.aborted) return;
    }
    for (const end of ends) this.#series[end].push(least[end]);
  }

  toString() {
    return ends.map((end) => this.#report(end)).join('\n\n');
  }

  /** @param {End} end */
  #report(end) {
    const series = this.#series[end];
    const { first, last, growth: grown, significant, rises } = trendOf(series);
    const lines = [
      `### Heap of the ${end}`,
      `MiB after a collection, the least in each ${(measurements * measureMs) / 1000} s: ${series.map((value) => value.toFixed(1)).join(' ')}`,
      `Median of the first third ${first.toFixed(2)}, of the last ${last.toFixed(2)} MiB. ` +
        `Trend: ${grown >= 0 ? '+' : ''}${grown.toFixed(2)} MiB over the run, ${significant ? '' : 'not '}significant. ` +
        `Verdict: ${rises ? 'IT GROWS' : 'flat'}.`,
    ];
    if (this.#early && this.#late) lines.push(growth(this.#early[end], this.#late[end]));
    return lines.join('\n\n');
  }
}

/**
 * @param {{ server: import('../processes/server-lives.mjs').ServerLives, client: import('../processes/child.mjs').Child, folder: string }} parts
 * @returns {Promise<Censuses>}
 */
async function census({ server, client, folder }) {
  const path = join(folder, 'heap.heapsnapshot');
  /** @param {{ ask(order: string, data: unknown): Promise<unknown> }} end */
  const take = async (end) => {
    await end.ask('snapshot', path);
    const census = await takeCensus(path);
    await rm(path);
    return census;
  };
  return { server: await take(server), client: await take(client) };
}
