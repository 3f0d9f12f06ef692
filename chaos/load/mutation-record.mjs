/** What a client was told of each of its mutations, by number: one byte each. */
export const told = /** @type {const} */ ({ nothing: 0, answered: 1, notRun: 2, unknown: 3, failed: 4 });

/**
 * One client's mutations: how they ended for it, and how often each had the server call it back. Bytes, which are not
 * on the heap that a soak measures.
 */
export class MutationRecord {
  #told = new Uint8Array(1024);
  #confirmed = new Uint8Array(1024);
  #size = 0;

  get size() {
    return this.#size;
  }

  /** The number of a new one. */
  add() {
    if (this.#size === this.#told.length) {
      this.#told = larger(this.#told);
      this.#confirmed = larger(this.#confirmed);
    }
    return this.#size++;
  }

  /**
   * @param {number} number
   * @param {typeof told[keyof typeof told]} how
   */
  settle(number, how) {
    this.#told[number] = how;
  }

  /**
   * The server called back on account of it.
   * @param {number} number
   */
  confirm(number) {
    this.#confirmed[number] = Math.min(255, (this.#confirmed[number] ?? 0) + 1);
  }

  /** For another process; `decode` reads it. */
  encode() {
    return {
      told: Buffer.from(this.#told.subarray(0, this.#size)).toString('base64'),
      confirmed: Buffer.from(this.#confirmed.subarray(0, this.#size)).toString('base64'),
    };
  }

  /**
   * @param {{ readonly told: string, readonly confirmed: string }} text
   * @returns {{ readonly told: Uint8Array, readonly confirmed: Uint8Array }}
   */
  static decode({ told: ends, confirmed }) {
    return { told: Buffer.from(ends, 'base64'), confirmed: Buffer.from(confirmed, 'base64') };
  }
}

/** @param {Uint8Array} bytes */
function larger(bytes) {
  const twice = new Uint8Array(bytes.length * 2);
  twice.set(bytes);
  return twice;
}
