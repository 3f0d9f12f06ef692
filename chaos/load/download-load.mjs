import { ResultJudge } from '../judge/result-judge.mjs';
import { isGenuine } from '../service/item.mjs';
import { sleep } from '../sleep.mjs';
import { repeat } from './repeat.mjs';

/** Streams of one client at a time. */
const streams = 2;

/** Between two of them, in ms. */
const pause = /** @type {const} */ ([0, 500]);

/** A slow consumer takes so many items, then pauses. */
const mouthful = 30;

/** One client's streams down: each is in the result of a query. */
export class DownloadLoad {
  #load;
  #book;
  #reader;
  #values;
  #keys = 0;

  /**
   * @param {import('./call-book.mjs').Load} load
   * @param {import('./call-book.mjs').CallBook} book
   * @param {import('./result-reader.mjs').ResultReader} reader
   * @param {import('../contender.mjs').ValueCalls} values
   */
  constructor(load, book, reader, values) {
    this.#load = load;
    this.#book = book;
    this.#reader = reader;
    this.#values = values;
  }

  start() {
    for (let i = 0; i < streams; i++) void repeat(this.#load, pause, () => this.#one());
  }

  async #one() {
    const { random, tally } = this.#load;
    const input = this.#input();
    const { key, count, batch, failsAt } = input;
    tally.streamsDown++;
    const answer = await this.#book.query(`download ${key}`, () => this.#values.download(input));
    if (!answer) return;
    const { run, items } = answer;
    const judge = new ResultJudge({ name: `download ${key}`, count, failsAt }, this.#load);
    const last = random.chance(0.1) ? random.whole(0, count) : undefined;
    await this.#reader.read(items, judge, (item) => {
      judge.item(item.n, item.run === run && isGenuine(key, item));
      if (item.n === last) return 'enough';
      return batch > 0 || item.n % mouthful !== 0 ? undefined : this.#rest();
    });
  }

  #rest() {
    const { random, stopping } = this.#load;
    return sleep(random.chance(0.02) ? random.between(1000, 4000) : random.between(100, 300), stopping);
  }

  #input() {
    const { random, number } = this.#load;
    const key = `d${number}.${this.#keys++}`;
    const count = random.whole(0, 600);
    const failsAt = random.chance(0.1) ? random.whole(0, count) : undefined;
    // Paced by its consumer alone, or by its source, in bursts.
    const batch = random.chance(0.35) ? 0 : random.whole(1, 40);
    return { key, count, failsAt, batch, pauseMs: Math.round(batch * random.between(5, 12)) };
  }
}
