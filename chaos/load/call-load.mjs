import { sealOf } from '../service/router.mjs';
import { sleep } from '../sleep.mjs';
import { told } from './mutation-record.mjs';

/** Callers of one client, each with one call or burst at a time. */
const callers = 2;

/** A caller whose call is not settled after this makes the next one beside it. */
const patienceMs = 60_000;

/** Codes by which a rejection announces that the session, or all that there was of one, is lost. */
const sessionLoss = new Set(['session-lost', 'connection-lost']);

/**
 * What loads one client, until it is stopped.
 * @typedef {object} Load
 * @property {number} number The client's.
 * @property {import('../contender.mjs').Client} client
 * @property {import('../contender.mjs').Contender['failureOf']} failureOf
 * @property {import('../seeded.mjs').Seeded} random
 * @property {import('./tally.mjs').Tally} tally
 * @property {AbortSignal} stopping
 */

/** One client's queries and mutations, one after the other and sometimes many in one turn. */
export class CallLoad {
  #load;
  #record;
  #open = 0;

  /**
   * @param {Load} load
   * @param {import('./mutation-record.mjs').MutationRecord} record
   */
  constructor(load, record) {
    this.#load = load;
    this.#record = record;
  }

  /** Calls that are not settled. */
  get open() {
    return this.#open;
  }

  start() {
    for (let i = 0; i < callers; i++) void this.#call();
  }

  async #call() {
    const { random, stopping } = this.#load;
    while (!stopping.aborted) {
      const burst = random.chance(0.05) ? random.whole(4, 24) : 1;
      const calls = Array.from({ length: burst }, () =>
        random.chance(0.35) ? this.#mutate() : this.#query(),
      );
      await within(patienceMs, Promise.all(calls));
      await sleep(random.between(10, 70), stopping);
    }
  }

  async #query() {
    const { number, client, random, tally } = this.#load;
    const value = `${number}.${tally.queries++}.${random.uniform()}`.padEnd(this.#length(), '.');
    const answer = await this.#settled(() => client.echo({ value, delayMs: this.#delay() }), 'query');
    if (answer && (answer.value !== value || answer.seal !== sealOf(value))) this.#forged(`query ${value}`);
  }

  async #mutate() {
    const { number: own, client, tally } = this.#load;
    const number = this.#record.add();
    tally.mutations++;
    const name = `mutation ${number}`;
    const answer = await this.#settled(
      () => client.bump({ client: own, number, delayMs: this.#delay() }),
      name,
      (how) => this.#record.settle(number, how),
    );
    if (answer && answer.seal !== sealOf(`${own}.${number}`)) this.#forged(name);
  }

  /** Most values are short; of the long ones, few fit into what may be on its way at a time. */
  #length() {
    const { random } = this.#load;
    if (random.chance(0.001)) return random.whole(100_000, 600_000);
    return random.chance(0.02) ? random.whole(2000, 16_000) : random.whole(8, 64);
  }

  /** Most handlers answer at once; the others are there for the line to be lost while they run. */
  #delay() {
    const { random } = this.#load;
    return random.chance(0.2) ? random.whole(1, 400) : 0;
  }

  /**
   * The answer; undefined if there was none.
   * @template T
   * @param {() => Promise<T>} call
   * @param {string} name
   * @param {(how: typeof told[keyof typeof told]) => void} [settle] Of a mutation.
   */
  async #settled(call, name, settle) {
    const { number, tally, failureOf } = this.#load;
    const began = performance.now();
    this.#open++;
    try {
      const answer = await call();
      tally.answered++;
      settle?.(told.answered);
      return answer;
    } catch (error) {
      this.#rejected(failureOf(error), name, settle);
      return undefined;
    } finally {
      this.#open--;
      tally.waited(number, name, performance.now() - began);
    }
  }

  /**
   * @param {import('../contender.mjs').Failure} failure
   * @param {string} name
   * @param {((how: typeof told[keyof typeof told]) => void) | undefined} settle
   */
  #rejected({ outcome, code, reason }, name, settle) {
    const { tally, number } = this.#load;
    const why = `${code} ${reason}`.trim();
    tally.rejections[why] = (tally.rejections[why] ?? 0) + 1;
    tally.example(number, why, `${name} was rejected: ${why}, ${outcome}`);
    const announced = sessionLoss.has(code);
    if (code === 'timeout') tally.timeouts++;
    else if (!announced) tally.lost++;
    else if (outcome === 'not-run') tally.notRun++;
    else if (settle) tally.unknownMutations++;
    else tally.unknownQueries++;
    if (outcome === 'not-run') settle?.(told.notRun);
    else settle?.(announced ? told.unknown : told.failed);
  }

  /** @param {string} what */
  #forged(what) {
    this.#load.tally.forged++;
    this.#load.tally.example(this.#load.number, 'forged', `${what} got another answer`);
  }
}

/**
 * Resolves with the promise, or after so many ms.
 * @param {number} ms
 * @param {Promise<unknown>} promise
 * @returns {Promise<void>}
 */
function within(ms, promise) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
