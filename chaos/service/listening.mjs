import { addToSum } from './running-sum.mjs';

/** What a handler hears of one stream of chunks; when it is over, the journal is told. */
export class Listening {
  #chunks;
  #whose;
  #journal;
  count = 0;
  sum = 0;

  /**
   * @param {AsyncIterable<Uint8Array>} chunks
   * @param {{ readonly client: number, readonly number: number }} whose
   * @param {import('./journal.mjs').Journal} journal
   */
  constructor(chunks, whose, journal) {
    this.#chunks = chunks;
    this.#whose = whose;
    this.#journal = journal;
  }

  async *[Symbol.asyncIterator]() {
    let whole = false;
    try {
      for await (const chunk of this.#chunks) {
        this.sum = addToSum(this.sum, chunk);
        this.count++;
        yield chunk;
      }
      whole = true;
    } finally {
      const { client, number } = this.#whose;
      this.#journal.heard({ client, number, count: this.count, sum: this.sum, whole });
    }
  }
}
