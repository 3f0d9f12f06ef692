import type { FrameData } from '../wire/binary-frame.js';
import { Fifo } from './fifo.js';
import type { Ledger } from './ledger.js';

/** The data frames that an end has sent and the other has not acknowledged, by number. The first frame is 1. */
export class KeptFrames extends Fifo<FrameData> {
  readonly #ledger: Ledger;
  #acknowledged = 0;
  #length = 0;

  constructor(ledger: Ledger) {
    super();
    this.#ledger = ledger;
  }

  /** Number of the last frame that was acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Characters and bytes that are kept. */
  get length(): number {
    return this.#length;
  }

  override push(frame: FrameData): void {
    super.push(frame);
    this.#length += frame.length;
    this.#ledger.add(frame.length);
  }

  /** Lets go of the frames up to a number; answers whether there were any. */
  acknowledge(number: number): boolean {
    if (number <= this.#acknowledged) return false;
    for (; this.#acknowledged < number; this.#acknowledged++) {
      const { length } = this.shift() as FrameData;
      this.#length -= length;
      this.#ledger.add(-length);
    }
    return true;
  }

  /** A frame that is kept. */
  get(number: number): FrameData {
    return this.at(number - this.#acknowledged - 1) as FrameData;
  }

  override clear(): void {
    this.#ledger.add(-this.#length);
    this.#length = 0;
    super.clear();
  }
}
