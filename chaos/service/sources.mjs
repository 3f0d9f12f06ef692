/** Sources of streams that were begun and have not been closed. */
export class Sources {
  #open = 0;

  get open() {
    return this.#open;
  }

  /**
   * The same items; it counts as open until it is at its end, has failed, or was left.
   * @template T
   * @param {AsyncIterable<T>} items
   */
  async *counted(items) {
    this.#open++;
    try {
      yield* items;
    } finally {
      this.#open--;
    }
  }
}
