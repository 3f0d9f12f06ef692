import { ResultJudge } from '../judge/result-judge.mjs';
import { chunkOf, uploadPlan } from '../service/chunks.mjs';
import { ChunkSource } from './chunk-source.mjs';
import { repeat } from './repeat.mjs';

/** Between two of them, in ms. */
const pause = /** @type {const} */ ([200, 1500]);

/** One client's streams both ways: each chunk comes back. */
export class DuplexLoad {
  #load;
  #book;
  #reader;
  #values;

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
    void repeat(this.#load, pause, () => this.#one());
  }

  async #one() {
    const { seed, number: client, random, tally } = this.#load;
    const number = this.#book.number();
    const plan = uploadPlan(seed, client, number);
    const chunks = new ChunkSource(plan, number, this.#load);
    const { count, failsAt } = plan;
    tally.duplexes++;
    const items = await this.#book.mutation('duplex', number, () =>
      this.#values.duplex({ client, number, chunks }),
    );
    if (!items) return;
    const judge = new ResultJudge({ name: `duplex ${number}`, count, failsAt }, this.#load);
    const last = random.chance(0.1) ? random.whole(0, count) : undefined;
    await this.#reader.read(items, judge, ({ n, chunk }) => {
      judge.item(n, Buffer.compare(chunk, chunkOf(client, number, n)) === 0);
      return n === last ? 'enough' : undefined;
    });
  }
}
