/** What a client was told of each of its mutations, by number: one byte each. */
export const told = /** @type {const} */ ({ nothing: 0, answered: 1, notRun: 2, unknown: 3, failed: 4 });

/** One client's mutations and how they ended for it. */
export class MutationRecord {
  #bytes = new Uint8Array(1024);
  #size = 0;

  get size() {
    return this.#size;
  }

  /** The number of a new one. */
  add() {
    if (this.#size === this.#bytes.length) {
      const larger = new Uint8Array(this.#size * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#size++;
  }

  /**
   * @param {number} number
   * @param {typeof told[keyof typeof told]} how
   */
  settle(number, how) {
    this.#bytes[number] = how;
  }

  /** For another process; `decode` reads it. */
  encode() {
    return Buffer.from(this.#bytes.subarray(0, this.#size)).toString('base64');
  }

  /**
   * @param {string} text
   * @returns {Uint8Array}
   */
  static decode(text) {
    return Buffer.from(text, 'base64');
  }
}
