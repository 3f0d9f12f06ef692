import type { Clock } from './ports.js';

/** How long one thing may go on in a turn, in ms, and after how many steps of it the clock is read. */
export const turnMs = 4;
export const clockEvery = 16;

/** What one thing may take of a turn before everybody else has theirs. */
export class TurnBudget {
  readonly #clock: Clock;
  #steps = 0;
  #began = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A turn begins. */
  begin(): void {
    this.#steps = 0;
  }

  /** Counts a step. Answers whether the turn is to be given back before the next. */
  spent(): boolean {
    if (this.#steps++ === 0) this.#began = this.#clock.now();
    return this.#steps % clockEvery === 0 && this.#clock.now() - this.#began >= turnMs;
  }
}
