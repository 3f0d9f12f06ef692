import { wasOnPurpose } from '../service/on-purpose.mjs';
import { told } from './mutation-record.mjs';

/** Codes by which a rejection announces that the session, or all that there was of one, is lost. */
const sessionLoss = new Set(['session-lost', 'connection-lost']);

/** @param {import('../contender.mjs').Failure} failure */
export function announcesLoss({ code }) {
  return sessionLoss.has(code);
}

/**
 * What loads one client, until it is stopped.
 * @typedef {object} Load
 * @property {number} number The client's.
 * @property {import('../contender.mjs').Client} client
 * @property {import('../contender.mjs').Contender['failureOf']} failureOf
 * @property {number} seed
 * @property {import('../seeded.mjs').Seeded} random
 * @property {import('./tally.mjs').Tally} tally
 * @property {import('./mutation-record.mjs').MutationRecord} mutations
 * @property {import('../service/sources.mjs').Sources} sources Of what it sends.
 * @property {AbortSignal} stopping
 */

/**
 * What is known of a call.
 * @typedef {object} Entry
 * @property {string} name
 * @property {number} [mutation] Its number, if it is one.
 * @property {boolean} [fails] It is to be answered by an error, on purpose.
 */

/** One client's calls: which are open, and what became of the others. */
export class CallBook {
  #load;
  #open = 0;

  /** @param {Load} load */
  constructor(load) {
    this.#load = load;
  }

  /** Calls that are not settled. */
  get open() {
    return this.#open;
  }

  /**
   * The answer; undefined if there was none.
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} call
   */
  query(name, call) {
    this.#load.tally.queries++;
    return this.#settled({ name }, call);
  }

  /** The number of a new mutation, which is then to be made. */
  number() {
    this.#load.tally.mutations++;
    return this.#load.mutations.add();
  }

  /**
   * The answer; undefined if there was none.
   * @template T
   * @param {string} name
   * @param {number} number
   * @param {() => Promise<T>} call
   * @param {{ readonly fails?: boolean }} [options]
   */
  mutation(name, number, call, { fails = false } = {}) {
    return this.#settled({ name: `${name} ${number}`, mutation: number, fails }, call);
  }

  /** @param {string} what Got another answer than its own. */
  forged(what) {
    this.#load.tally.forged++;
    this.#load.tally.example(this.#load.number, 'forged', `${what} got another answer`);
  }

  /**
   * @template T
   * @param {Entry} entry
   * @param {() => Promise<T>} call
   */
  async #settled(entry, call) {
    const { number, tally, failureOf } = this.#load;
    const began = performance.now();
    this.#open++;
    try {
      const answer = await call();
      this.#answered(entry);
      return answer;
    } catch (error) {
      this.#rejected(entry, failureOf(error));
      return undefined;
    } finally {
      this.#open--;
      tally.waited(number, entry.name, performance.now() - began);
    }
  }

  /** @param {Entry} entry */
  #answered({ name, mutation, fails }) {
    const { tally, number } = this.#load;
    tally.answered++;
    this.#settle(mutation, told.answered);
    if (!fails) return;
    tally.truncated++;
    tally.example(number, 'truncated', `${name} was answered, though its stream failed`);
  }

  /**
   * @param {Entry} entry
   * @param {import('../contender.mjs').Failure} failure
   */
  #rejected({ name, mutation, fails }, failure) {
    const { outcome, code, reason } = failure;
    const { tally, number } = this.#load;
    if (fails && wasOnPurpose(failure)) {
      tally.failedOnPurpose++;
      return this.#settle(mutation, told.failed);
    }
    const why = `${code} ${reason}`.trim();
    tally.rejections[why] = (tally.rejections[why] ?? 0) + 1;
    tally.example(number, why, `${name} was rejected: ${why}, ${outcome}`);
    const announced = announcesLoss(failure);
    if (code === 'timeout') tally.timeouts++;
    else if (!announced) tally.lost++;
    else if (outcome === 'not-run') tally.notRun++;
    else if (mutation !== undefined) tally.unknownMutations++;
    else tally.unknownQueries++;
    if (outcome === 'not-run') this.#settle(mutation, told.notRun);
    else this.#settle(mutation, announced ? told.unknown : told.failed);
  }

  /**
   * @param {number | undefined} mutation
   * @param {typeof told[keyof typeof told]} how
   */
  #settle(mutation, how) {
    if (mutation !== undefined) this.#load.mutations.settle(mutation, how);
  }
}
