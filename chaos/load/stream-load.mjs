import { sleep } from '../sleep.mjs';
import { StreamConsumer } from './stream-consumer.mjs';

/** Streams of one client at a time. */
const streams = 4;

/** A stream that stays silent for so long is left behind, open, and another begun in its place. */
const patienceMs = 60_000;

/** How often that is looked at. */
const lookMs = 5000;

/** One client's streams: each of thousands of items, and after each another, until it is stopped. */
export class StreamLoad {
  #load;
  #keys = 0;
  /** @type {Set<StreamConsumer>} */
  #open = new Set();

  /** @param {import('./call-book.mjs').Load} load */
  constructor(load) {
    this.#load = load;
  }

  /** Those that have not come to their end. @type {ReadonlySet<StreamConsumer>} */
  get open() {
    return this.#open;
  }

  start() {
    for (let i = 0; i < streams; i++) void this.#consume(i % 2 === 0);
  }

  /** @param {boolean} tracked */
  async #consume(tracked) {
    const { random, stopping } = this.#load;
    await sleep(random.between(0, 2000), stopping);
    while (!stopping.aborted) {
      await this.#one(tracked);
      await sleep(random.between(0, 500), stopping);
    }
  }

  /**
   * Resolves when the stream is over, or silent for too long.
   * @param {boolean} tracked
   */
  async #one(tracked) {
    const { client, tally, stopping } = this.#load;
    const input = this.#input(tracked);
    const consumer = new StreamConsumer(input, tracked, this.#load);
    tally.streams++;
    this.#open.add(consumer);
    const over = consumer.over.then(() => this.#open.delete(consumer));
    client.stream(tracked ? 'tracked' : 'untracked', input, consumer);
    do await Promise.race([over, sleep(lookMs, stopping)]);
    while (!stopping.aborted && !consumer.done && consumer.silentMs < patienceMs);
  }

  /** @param {boolean} tracked */
  #input(tracked) {
    const { random, number } = this.#load;
    const key = `${tracked ? 't' : 'u'}${number}.${this.#keys++}`;
    const count = random.whole(1000, 2500);
    // Paced by its consumer alone, or by its source, in bursts.
    if (random.chance(0.35)) return { key, count, batch: 0, pauseMs: 0 };
    const batch = random.whole(1, 40);
    return { key, count, batch, pauseMs: Math.round(batch * random.between(5, 12)) };
  }
}
