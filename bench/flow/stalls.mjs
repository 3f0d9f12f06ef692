/** A client has so many items first, as fast as they come: then its window has grown. */
export const itemsFirst = 32;

/** The ways in which a client may take no more, each of which needs what not every contender has. */
export const ways = /** @type {const} */ (['socket paused', 'iterator not pulled', 'callback not settled']);

/** @typedef {(typeof ways)[number]} Way */

/** One client and its stream, which it stops reading. */
export class Stall {
  /** Items that the consumer is done with. */
  taken = 0;
  #client;
  #number;

  /**
   * @param {import('./flow-contender.mjs').FlowClient} client
   * @param {number} number
   */
  constructor(client, number) {
    this.#client = client;
    this.#number = number;
  }

  /**
   * Answers when it takes no more.
   * @param {Way} way
   */
  begin(way) {
    switch (way) {
      case 'socket paused':
        return this.#pausing();
      case 'iterator not pulled':
        return this.#pulling();
      case 'callback not settled':
        return this.#neverSettling();
      default:
        return way;
    }
  }

  #pausing() {
    return new Promise((resolve) => {
      this.#client.push({ number: this.#number }, () => {
        this.taken++;
        if (this.taken !== itemsFirst) return;
        this.#client.pause();
        resolve(undefined);
      });
    });
  }

  async #pulling() {
    const iterator = this.#client.pull?.({ number: this.#number })[Symbol.asyncIterator]();
    while (this.taken < itemsFirst) {
      await iterator?.next();
      this.taken++;
    }
  }

  #neverSettling() {
    return new Promise((resolve) => {
      this.#client.push({ number: this.#number }, async () => {
        if (this.taken < itemsFirst) this.taken++;
        else {
          resolve(undefined);
          await new Promise(() => {});
        }
      });
    });
  }
}
