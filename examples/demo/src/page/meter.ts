const RATE_WINDOW_MS = 2_000;

/** Counts arrivals, and how many there were a second of late. */
export class Meter {
  #count = 0;
  #recent: number[] = [];

  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count += 1;
    this.#recent.push(performance.now());
    this.#forget();
  }

  perSecond(): number {
    this.#forget();
    return this.#recent.length / (RATE_WINDOW_MS / 1000);
  }

  #forget(): void {
    const since = performance.now() - RATE_WINDOW_MS;
    const keepFrom = this.#recent.findIndex((at) => at >= since);
    if (keepFrom !== 0) this.#recent = keepFrom < 0 ? [] : this.#recent.slice(keepFrom);
  }
}
