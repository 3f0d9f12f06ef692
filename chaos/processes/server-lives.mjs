import { restartSchedule } from '../proxy/fault-schedule.mjs';
import { sleep } from '../sleep.mjs';
import { Child } from './child.mjs';

/** How often a port is tried for that somebody else may hold for a moment. */
const attempts = 50;
const attemptMs = 100;

/** The server, which may be killed and started again on its port; all its lives write one journal. */
export class ServerLives {
  #contender;
  #journal;
  #port = 0;
  #lives = 0;
  /** @type {Child | undefined} */
  #child;
  /** Kills, on purpose. */
  restarts = 0;
  /** How each life ended that nobody ended. @type {string[]} */
  crashes = [];
  /** Errors that nobody caught, of all lives that could still tell. @type {string[]} */
  uncaught = [];

  /**
   * @param {string} contender
   * @param {string} journal The path of a file.
   */
  constructor(contender, journal) {
    this.#contender = contender;
    this.#journal = journal;
  }

  get port() {
    return this.#port;
  }

  async start() {
    for (let attempt = 1; ; attempt++) {
      const child = await Child.start(
        'server-end.mjs',
        this.#contender,
        this.#journal,
        String(++this.#lives),
      );
      try {
        this.#port = await child.ask('serve', this.#port);
        this.#child = child;
        child.onCrash((how) => void this.#crashed(how));
        return;
      } catch (error) {
        await child.kill();
        if (attempt === attempts) throw error;
        await sleep(attemptMs);
      }
    }
  }

  /**
   * Kills it now and then. Resolves when the signal has put an end to that, with the server up.
   * @param {number} seed
   * @param {AbortSignal} signal
   */
  async restart(seed, signal) {
    for (const { after, away } of restartSchedule(seed)) {
      await sleep(after, signal);
      if (signal.aborted) return;
      await this.#collect();
      await this.#child?.kill();
      this.restarts++;
      await sleep(away);
      await this.start();
    }
  }

  /**
   * @param {string} order
   * @param {unknown} [data]
   */
  async ask(order, data) {
    return this.#child?.ask(order, data);
  }

  async stop() {
    await this.#collect();
    await this.#child?.stop();
  }

  async #collect() {
    this.uncaught.push(...((await this.ask('uncaught').catch(() => [])) ?? []));
  }

  /** @param {string} how */
  async #crashed(how) {
    this.crashes.push(how);
    await this.start();
  }
}
