/** Characters that sessions hold for their other ends, all of one process together. */
export class Ledger {
  readonly #limit: number;
  readonly #exceeded: () => void;
  #held = 0;

  /** `exceeded` is told of each addition that passes the limit, or is made beyond it. */
  constructor(limit: number = Number.POSITIVE_INFINITY, exceeded: () => void = () => {}) {
    this.#limit = limit;
    this.#exceeded = exceeded;
  }

  add(length: number): void {
    this.#held += length;
    if (length > 0 && this.#held > this.#limit) this.#exceeded();
  }

  get held(): number {
    return this.#held;
  }

  get full(): boolean {
    return this.#held > this.#limit;
  }

  /** Whether it is time for everybody to hold less. */
  get tight(): boolean {
    return this.#held * 2 > this.#limit;
  }
}
