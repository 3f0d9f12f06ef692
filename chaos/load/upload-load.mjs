import { uploadPlan } from '../service/chunks.mjs';
import { ChunkSource } from './chunk-source.mjs';
import { repeat } from './repeat.mjs';

/** Between two of them, in ms. */
const pause = /** @type {const} */ ([200, 1500]);

/** One client's streams up, one after the other. */
export class UploadLoad {
  #load;
  #book;
  #values;

  /**
   * @param {import('./call-book.mjs').Load} load
   * @param {import('./call-book.mjs').CallBook} book
   * @param {import('../contender.mjs').ValueCalls} values
   */
  constructor(load, book, values) {
    this.#load = load;
    this.#book = book;
    this.#values = values;
  }

  start() {
    void repeat(this.#load, pause, () => this.#one());
  }

  async #one() {
    const { seed, number: client, tally } = this.#load;
    const number = this.#book.number();
    const plan = uploadPlan(seed, client, number);
    const chunks = new ChunkSource(plan, number, this.#load);
    tally.streamsUp++;
    const { digestMs, failsAt } = plan;
    const answer = await this.#book.mutation(
      'upload',
      number,
      () => this.#values.upload({ client, number, digestMs, chunks }),
      { fails: failsAt !== undefined },
    );
    if (answer && (answer.count !== plan.count || answer.sum !== chunks.sum))
      this.#book.forged(`upload ${number}`);
  }
}
