import { someBytes } from '../service/chunks.mjs';
import { repeat } from './repeat.mjs';

/** Between two of them, in ms. */
const pause = /** @type {const} */ ([50, 400]);

/** Lengths, as powers of ten: from 10 bytes to 300 KiB, which travel in parts. */
const shortest = 1;
const longest = Math.log10(300 * 1024);

/** One client's queries for bytes, there and back. */
export class BytesLoad {
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
    const { random, tally } = this.#load;
    const data = someBytes(Math.round(10 ** random.between(shortest, longest)), random);
    const name = `query of ${data.length} bytes`;
    tally.byteCalls++;
    tally.bytesEchoed += data.length;
    const answer = await this.#book.query(name, () => this.#values.echoBytes({ data }));
    if (answer && Buffer.compare(answer.data, data) !== 0) this.#book.forged(name);
  }
}
