/** The streams in results that one client reads. */
export class ResultReader {
  #load;
  /** @type {Set<import('../judge/result-judge.mjs').ResultJudge>} */
  #open = new Set();

  /** @param {import('./call-book.mjs').Load} load */
  constructor(load) {
    this.#load = load;
  }

  /** Those that have not come to their end. @type {ReadonlySet<import('../judge/result-judge.mjs').ResultJudge>} */
  get open() {
    return this.#open;
  }

  /**
   * Reads a stream to its end, or until it was enough.
   * @template T
   * @param {AsyncIterable<T>} items
   * @param {import('../judge/result-judge.mjs').ResultJudge} judge
   * @param {(item: T) => 'enough' | void | Promise<void>} take
   */
  async read(items, judge, take) {
    this.#open.add(judge);
    try {
      for await (const item of items) {
        const wait = take(item);
        if (wait === 'enough') return;
        if (wait) await wait;
      }
      judge.end();
    } catch (error) {
      judge.failed(this.#load.failureOf(error));
    } finally {
      this.#open.delete(judge);
    }
  }
}
