/** What the streams and calls of some sessions wait for. */
export class News {
  #latest = 0;
  #ticked = wanted();
  #released = wanted();

  /** Another item for each stream. */
  tick() {
    this.#latest++;
    this.#ticked.come();
    this.#ticked = wanted();
  }

  /** The answer of each call. */
  release() {
    this.#released.come();
  }

  get released() {
    return this.#released.coming;
  }

  /**
   * The number of each item after one.
   * @param {number} seq
   */
  async *after(seq) {
    for (let last = seq; ; await this.#ticked.coming) {
      while (last < this.#latest) yield ++last;
    }
  }
}

function wanted() {
  let come = () => {};
  const coming = new Promise((resolve) => {
    come = () => resolve(undefined);
  });
  return { coming, come: () => come() };
}
