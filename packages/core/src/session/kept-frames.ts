import type { FrameData } from '../wire/binary-frame.js';
import { Fifo } from './fifo.js';
import type { Ledger } from './ledger.js';

/** The data frames that an end has sent and the other has not acknowledged, by number. The first frame is 1. */
export class KeptFrames {
  readonly #ledger: Ledger;
  readonly #frames = new Fifo<FrameData>();
  #acknowledged = 0;
  #length = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Number of the last frame that was acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  get size(): number {
    return this.#frames.size;
  }

  /** Characters and bytes that are kept. */
  get length(): number {
    return this.#length;
  }

  push(frame: FrameData): void {
    this.#frames.push(frame);
    this.#length += frame.length;
    this.#ledger.add(frame.length);
  }

  /** Lets go of the frames up to a number; answers whether there were any. */
  acknowledge(number: number): boolean {
    if (number <= this.#acknowledged) return false;
    for (; this.#acknowledged < number; this.#acknowledged++) {
      const { length } = this.#frames.shift() as FrameData;
      this.#length -= length;
      this.#ledger.add(-length);
    }
    return true;
  }

  /** A frame that is kept. */
  get(number: number): FrameData {
    return this.#frames.at(number - this.#acknowledged - 1) as FrameData;
  }

  clear(): void {
    this.#ledger.add(-this.#length);
    this.#length = 0;
    this.#frames.clear();
  }
}
