import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { growth, takeCensus } from './heap-census.mjs';
import { sleep } from './sleep.mjs';
import { trendOf } from './trend.mjs';

/** Between two samples. */
const sampleMs = 15_000;

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

  /** @type {import('./chaos-run.mjs').Observer} */
  observe = async ({ server, client, folder, signal }) => {
    const began = performance.now();
    while (!signal.aborted) {
      for (const [end, it] of /** @type {const} */ ([
        ['server', server],
        ['client', client],
      ])) {
        const { heapUsed } = await it.ask('memory');
        this.#series[end].push(heapUsed / 2 ** 20);
      }
      if (performance.now() - began >= warmUpMs) this.#early ??= await census({ server, client, folder });
      await sleep(sampleMs, signal);
    }
    this.#late = await census({ server, client, folder });
  };

  /** Whether a heap did not stay flat. */
  get grew() {
    return ends.some((end) => trendOf(this.#series[end]).rises);
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
      `MiB after a collection, every ${sampleMs / 1000} s: ${series.map((value) => value.toFixed(1)).join(' ')}`,
      `Median of the first third ${first.toFixed(2)}, of the last ${last.toFixed(2)} MiB. ` +
        `Trend: ${grown >= 0 ? '+' : ''}${grown.toFixed(2)} MiB over the run, ${significant ? '' : 'not '}significant. ` +
        `Verdict: ${rises ? 'IT GROWS' : 'flat'}.`,
    ];
    if (this.#early && this.#late) lines.push(growth(this.#early[end], this.#late[end]));
    return lines.join('\n\n');
  }
}

/**
 * @param {{ server: import('./server-lives.mjs').ServerLives, client: import('./child.mjs').Child, folder: string }} parts
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
