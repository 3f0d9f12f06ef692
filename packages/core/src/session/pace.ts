import { clockEvery, turnMs } from './turn-budget.js';

/** However quick messages are, so many are handed on before the clock is read again. */
const mostAtOnce = 1024;

/**
 * How many messages may be handed on in a turn. What a message sets off goes on in microtasks, so how long it took is
 * known only after these: a few are handed on, then the clock says how many more the turn has room for.
 */
export class Pace {
  readonly #now: () => number;
  #began = Number.NEGATIVE_INFINITY;
  /** Since then, and how many may be. */
  #handed = 0;
  #most = clockEvery;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Something came: in a turn of its own, if the last is long enough ago. */
  came(): void {
    const now = this.#now();
    if (now - this.#began < turnMs) return;
    this.#began = now;
    this.#handed = 0;
  }

  /** Counts a message. Answers whether it may be handed on before the clock is read. */
  allows(): boolean {
    if (this.#handed >= this.#most) return false;
    this.#handed++;
    return true;
  }

  /** The microtasks are done. Answers whether the turn is to be given back. */
  tired(): boolean {
    const spent = this.#now() - this.#began;
    const left = turnMs - spent;
    if (left > 0) this.#most = this.#handed + this.#within(left, spent);
    else this.#most = this.#within(turnMs, spent);
    return left <= 0;
  }

  /** How many messages take that long, as those that were handed on did; at least one. */
  #within(ms: number, spent: number): number {
    // 0 / 0 where neither time passes nor any is given.
    return Math.min(mostAtOnce, Math.ceil((ms * this.#handed) / spent) || clockEvery);
  }

  /** A new turn begins. */
  begin(): void {
    this.#began = this.#now();
    this.#handed = 0;
  }
}
