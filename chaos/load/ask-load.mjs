import { sealOf } from '../service/seal.mjs';
import { repeat } from './repeat.mjs';

/** Between two of them, in ms. */
const pause = /** @type {const} */ ([50, 300]);

/** One client's mutations that have the server call the client. */
export class AskLoad {
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
    const { number: client, random, tally } = this.#load;
    const number = this.#book.number();
    const value = `${client}.${number}.${random.uniform()}`;
    const delayMs = random.chance(0.2) ? random.whole(1, 400) : 0;
    tally.asks++;
    const answer = await this.#book.mutation('ask', number, () =>
      this.#values.ask({ client, number, value, delayMs }),
    );
    if (answer && answer.seal !== sealOf(value)) this.#book.forged(`ask ${number}`);
  }
}
