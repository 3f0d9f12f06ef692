import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';

/** Of an item's JSON. */
export const itemBytes = 65_536;

const item = 'x'.repeat(itemBytes - 2);

/** A server that has grown by so many bytes offers nothing more: the machine is to survive its benchmark. */
const cap = 2 ** 30;

/** To ask the system for the size of the process takes as long as to make some items. */
const lookEach = 16;

/** Whose stream, and how many items; without end if it does not say. */
export const streamSchema = z.object({ number: z.number().int(), count: z.number().int().optional() });

/** @typedef {z.infer<typeof streamSchema>} Stream */

/** What a server's generators offer, and how often each was asked. */
export class Source {
  /** By the stream's number. @type {Map<number, number>} */
  #pulls = new Map();
  #offered = 0;
  #bytesAtFirst = process.memoryUsage.rss();
  #capped = false;

  /**
   * Comes with one item a turn of the event loop: a server that does not stop must at least get to its sockets.
   * @param {Stream} stream
   */
  async *offer({ number, count = Number.POSITIVE_INFINITY }) {
    for (let made = 0; made < count; made++) {
      this.#pulls.set(number, (this.#pulls.get(number) ?? 0) + 1);
      await turn();
      if (this.#full()) await new Promise(() => {});
      yield item;
    }
  }

  /** From here on the process counts as grown. */
  begin() {
    this.#bytesAtFirst = process.memoryUsage.rss();
  }

  get report() {
    return { pulls: [...this.#pulls], capped: this.#capped };
  }

  #full() {
    if (this.#offered++ % lookEach === 0)
      this.#capped ||= process.memoryUsage.rss() - this.#bytesAtFirst > cap;
    return this.#capped;
  }
}
