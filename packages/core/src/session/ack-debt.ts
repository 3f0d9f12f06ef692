import { limits } from '../wire/limits.js';

/** What an end has received since it last told the other how much. */
export class AckDebt {
  #frames = 0;
  #length = 0;

  /** A data frame was handed on. */
  add(length: number): void {
    this.#frames++;
    this.#length += length;
  }

  /** The count was told. */
  settle(): void {
    this.#frames = this.#length = 0;
  }

  get owed(): boolean {
    return this.#frames > 0;
  }

  /** Whether the other end, which stops at `windowBytes`, is to be told now, and not at the next sweep. */
  due(windowBytes: number): boolean {
    const bytes = Math.min(limits.ackBytes.default, windowBytes / 4);
    return this.#frames >= limits.ackFrames.default || this.#length >= bytes;
  }
}
