import { connect, createClient, HawserError } from '@hawser/client';
import { now } from './now.mjs';

/**
 * @typedef {object} Report
 * @property {number} ticks Items, all in order.
 * @property {boolean} answered
 * @property {number} begins How often the stream began.
 * @property {number | undefined} delay How long after the cut of its socket it planned to dial, the first time, in ms.
 * @property {number | undefined} backAt When its line was open again, the first time after the cut.
 * @property {number} dialErrors
 * @property {readonly string[]} failures
 */

/** One connection with a tracked stream and a call that waits, and what becomes of them. */
export class HeldSession {
  #ticks = 0;
  #answered = false;
  #begins = 0;
  #dialErrors = 0;
  /** @type {number | undefined} */
  #delay;
  /** @type {number | undefined} */
  #backAt;
  /** @type {string[]} */
  #failures = [];

  /**
   * @param {string} url
   * @param {number} number
   */
  constructor(url, number) {
    const connection = connect({
      url,
      timeoutMs: Number.POSITIVE_INFINITY,
      onError: (error) => this.#fail(error),
    });
    this.#watch(connection);
    /** @type {any} Typed by the server's router, which is another process's. */
    const api = createClient(connection);
    this.begun = new Promise((resolve) => {
      api.ticks.subscribe(
        { number },
        {
          onStarted: () => resolve(++this.#begins),
          onData: (/** @type {{ data: number }} */ { data }) => this.#tick(data),
          onGap: (/** @type {{ reason: string }} */ { reason }) => this.#fail(`gap: ${reason}`),
          onError: (/** @type {unknown} */ error) => this.#fail(error),
          onComplete: () => this.#fail('the stream is over'),
        },
      );
    });
    void this.#hold(api, number);
  }

  get ticks() {
    return this.#ticks;
  }

  /** Whether its call has come to an end. */
  get settled() {
    return this.#answered || this.#failures.length > 0;
  }

  /** @returns {Report} */
  get report() {
    return {
      ticks: this.#ticks,
      answered: this.#answered,
      begins: this.#begins,
      delay: this.#delay,
      backAt: this.#backAt,
      dialErrors: this.#dialErrors,
      failures: this.#failures,
    };
  }

  /** @param {import('@hawser/client').Connection} connection */
  #watch(connection) {
    let opened = 0;
    /** @type {import('@hawser/client').ConnectionState | undefined} */
    let last;
    connection.subscribe(({ state, retryAt }) => {
      if (state === 'waiting' && opened === 1) this.#delay ??= (retryAt ?? 0) - Date.now();
      if (state === 'open' && ++opened === 2) this.#backAt = now();
      if (state === 'waiting' && last === 'connecting') this.#dialErrors++;
      last = state;
    });
  }

  /**
   * @param {any} api
   * @param {number} number
   */
  async #hold(api, number) {
    try {
      const answer = await api.held.query(number);
      if (answer === number) this.#answered = true;
      else this.#fail(`call ${number} was answered ${answer}`);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {number} seq */
  #tick(seq) {
    if (seq === this.#ticks + 1) this.#ticks = seq;
    else this.#fail(`item ${seq} came after ${this.#ticks}`);
  }

  /** @param {unknown} failure */
  #fail(failure) {
    const cause = failure instanceof Error && failure.cause instanceof HawserError ? failure.cause : failure;
    this.#failures.push(String(cause));
  }
}
