import { announcesLoss } from '../load/call-book.mjs';
import { wasOnPurpose } from '../service/on-purpose.mjs';

/**
 * Checks one stream of a result as it comes: each item once and in order, an end only where its source came to its
 * own, a failure only where its source failed or the session was lost.
 */
export class ResultJudge {
  #name;
  #count;
  #failsAt;
  #load;
  #next = 0;
  /** Items that others overtook. @type {Set<number>} */
  #missing = new Set();

  /**
   * @param {{ readonly name: string, readonly count: number, readonly failsAt: number | undefined }} stream
   * @param {Pick<import('../load/call-book.mjs').Load, 'number' | 'tally'>} load
   */
  constructor({ name, count, failsAt }, load) {
    this.#name = name;
    this.#count = count;
    this.#failsAt = failsAt;
    this.#load = load;
  }

  /** Says where it stands. */
  toString() {
    return `${this.#name}: item ${this.#next} of ${this.#count} is next`;
  }

  /**
   * @param {number} n
   * @param {boolean} genuine It is what it says it is.
   */
  item(n, genuine) {
    const { tally } = this.#load;
    tally.itemsDown++;
    if (!genuine || n >= (this.#failsAt ?? this.#count))
      return this.#blame('forged', `item ${n} is none of it`);
    if (n < this.#next)
      return this.#blame(this.#missing.delete(n) ? 'reordered' : 'repeated', `item ${n} came`);
    if (n > this.#next) this.#skip(n);
    this.#next = n + 1;
  }

  /** It says that it has come to its end. */
  end() {
    if (this.#failsAt === undefined && this.#next === this.#count) return;
    this.#blame('truncated', 'it ended');
  }

  /** @param {import('../contender.mjs').Failure} failure */
  failed(failure) {
    const { tally } = this.#load;
    const { code, reason } = failure;
    if (announcesLoss(failure)) tally.cutShort++;
    else if (wasOnPurpose(failure) && this.#next === this.#failsAt) tally.failedOnPurpose++;
    else this.#blame('lost', `it failed: ${code} ${reason}`);
  }

  /** @param {number} n */
  #skip(n) {
    const { tally } = this.#load;
    for (let missing = this.#next; missing < n; missing++) this.#missing.add(missing);
    tally.skipped += n - this.#next;
    this.#blame('gapsSilent', `item ${n} came`);
  }

  /**
   * @param {'forged' | 'repeated' | 'reordered' | 'truncated' | 'lost' | 'gapsSilent'} kind
   * @param {string} what
   */
  #blame(kind, what) {
    const { tally, number } = this.#load;
    tally[kind]++;
    tally.example(number, kind, `${this}: ${what}`);
  }
}
