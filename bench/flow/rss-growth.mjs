import process from 'node:process';

/** Between two looks at the size of the process. */
const lookMs = 20;

/** How much this process is larger, at most, than when it was told to begin. */
export class RssGrowth {
  #atFirst = 0;
  #peak = 0;

  constructor() {
    setInterval(() => this.#look(), lookMs).unref();
  }

  begin() {
    this.#atFirst = process.memoryUsage.rss();
    this.#peak = this.#atFirst;
  }

  /** In bytes. */
  get most() {
    this.#look();
    return this.#peak - this.#atFirst;
  }

  #look() {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }
}
