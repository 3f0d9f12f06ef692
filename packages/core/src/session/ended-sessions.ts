import type { GoneReason } from '../wire/close-codes.js';

/** What became of the sessions that ended last, by the digest of their secrets. */
export class EndedSessions {
  readonly #most: number;
  readonly #reasons = new Map<string, GoneReason>();

  constructor(most: number) {
    this.#most = most;
  }

  add(digest: string, reason: GoneReason): void {
    this.#reasons.delete(digest);
    this.#reasons.set(digest, reason);
    if (this.#reasons.size <= this.#most) return;
    for (const oldest of this.#reasons.keys()) {
      this.#reasons.delete(oldest);
      return;
    }
  }

  /** Undefined for a secret that nobody has heard of, or not lately. */
  reasonOf(digest: string): GoneReason | undefined {
    return this.#reasons.get(digest);
  }
}
