import { sleep } from '../sleep.mjs';
import { faultKinds, faultSchedule } from './fault-schedule.mjs';
import { Line } from './line.mjs';

/** How long a line is left alone, at most, for its ends to notice what happened. */
const noticeMs = 7000;

/** Faults that are shown beside a violation. */
const shownFaults = 6;

/** Faults on all lines, by the schedule of the seed. */
export class Storm {
  #seed;
  /** @type {readonly Line[]} */
  #lines = [];
  /** Faults that hit a socket, by kind. @type {Record<string, number>} */
  #counts = Object.fromEntries(faultKinds.map((kind) => [kind, 0]));

  /** @param {number} seed */
  constructor(seed) {
    this.#seed = seed;
  }

  get counts() {
    return this.#counts;
  }

  get ports() {
    return this.#lines.map((line) => line.port);
  }

  /**
   * @param {number} count Of lines.
   * @param {number} serverPort
   */
  async open(count, serverPort) {
    /** @param {string} kind */
    const told = (kind) => {
      this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
    };
    this.#lines = await Promise.all(Array.from({ length: count }, () => Line.open(serverPort, told)));
  }

  /**
   * Resolves when the signal has stopped the faults and all lines work.
   * @param {AbortSignal} signal
   */
  async rage(signal) {
    await Promise.all(this.#lines.map((line, number) => this.#befall(line, number, signal)));
    for (const line of this.#lines) line.heal();
  }

  /**
   * What befell a line before a moment, the newest last.
   * @param {number} number
   * @param {number} moment
   */
  history(number, moment) {
    const history = this.#lines[number]?.history ?? [];
    return history.filter(({ at }) => at <= moment).slice(-shownFaults);
  }

  close() {
    for (const line of this.#lines) line.close();
  }

  /**
   * @param {Line} line
   * @param {number} number
   * @param {AbortSignal} signal
   */
  async #befall(line, number, signal) {
    for (const fault of faultSchedule(this.#seed, number)) {
      await sleep(fault.after, signal);
      if (signal.aborted) return;
      const end = line.strike(fault);
      if (end === undefined) continue;
      const over = sleep(fault.lasts, signal).then(end);
      await Promise.race([over, sleep(noticeMs, signal)]);
    }
  }
}
