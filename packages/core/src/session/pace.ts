import type { Clock } from './ports.js';
import { clockEvery, turnMs } from './turn-budget.js';

/** However quick messages are, so many are handed on before the clock is read again. */
const mostAtOnce = 64;

/**
 * How many messages may be handed on in a turn. What a message sets off goes on in microtasks, so how long it took is
 * known only after these: a few are handed on, then a few more, until the time is up. How quick they were says nothing
 * of the next.
 */
export class Pace {
  readonly #clock: Clock;
  #began = Number.NEGATIVE_INFINITY;
  /** How many may be handed on before the clock is read, and how many more of them. */
  #batch = clockEvery;
  #left = clockEvery;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something came at `now`: in a turn of its own, if the last is long enough ago. */
  came(now: number): void {
    if (now - this.#began >= turnMs) this.begin(now);
  }

  /** Counts a message. Answers whether it may be handed on before the clock is read. */
  allows(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  /** The microtasks are done. Answers whether the turn is to be given back. */
  tired(): boolean {
    if (this.#clock.now() - this.#began >= turnMs) return true;
    this.#batch = Math.min(mostAtOnce, this.#batch * 2);
    this.#left = this.#batch;
    return false;
  }

  /** A new turn begins. */
  begin(now = this.#clock.now()): void {
    this.#began = now;
    this.#batch = clockEvery;
    this.#left = this.#batch;
  }
}
