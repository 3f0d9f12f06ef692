import type { Random } from './ports.js';

const baseMs = 500;
const capMs = 30_000;

/** A session that lasted less than this does not prove that redialling is cheap for the server. */
const stableMs = 5000;

/** A line that brought something before it broke is cheap as well, but one that breaks all the time is not free. */
const attemptsAfterProgress = 2;

/** Full jitter over a bound that doubles; only a session that was accepted, and lasted, starts it anew. */
export class Backoff {
  readonly #random: Random;
  #attempts = 0;
  #spread: number | undefined;
  #acceptedAt: number | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Dials since the last session that was accepted. */
  get attempts(): number {
    return this.#acceptedAt === undefined ? this.#attempts : 0;
  }

  accepted(now: number, spreadMs: number): void {
    this.#acceptedAt = now;
    this.#spread = spreadMs;
  }

  /**
   * The delay before the next dial, after one that failed or a session that lost its socket; `progress` says that
   * something new came through on that.
   */
  next(now: number, progress: boolean): number {
    const accepted = this.#acceptedAt !== undefined;
    if (accepted && now - (this.#acceptedAt ?? now) >= stableMs) this.#attempts = 0;
    else if (accepted && progress) this.#attempts = Math.min(this.#attempts, attemptsAfterProgress);
    this.#acceptedAt = undefined;
    const first = this.#attempts === 0 && this.#spread !== undefined;
    const bound = first ? (this.#spread ?? baseMs) : baseMs * 2 ** this.#attempts;
    this.#attempts++;
    return this.#random.uniform() * Math.min(capMs, bound);
  }
}
