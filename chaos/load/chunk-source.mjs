import { chunkOf } from '../service/chunks.mjs';
import { onPurpose } from '../service/on-purpose.mjs';
import { addToSum } from '../service/running-sum.mjs';
import { sleep } from '../sleep.mjs';

/** The chunks of one stream that a client sends, made when they are asked for. */
export class ChunkSource {
  #plan;
  #number;
  #load;
  sum = 0;

  /**
   * @param {import('../service/chunks.mjs').UploadPlan} plan
   * @param {number} number The mutation that carries it.
   * @param {import('./call-book.mjs').Load} load
   */
  constructor(plan, number, load) {
    this.#plan = plan;
    this.#number = number;
    this.#load = load;
  }

  [Symbol.asyncIterator]() {
    return this.#load.sources.counted(this.#chunks());
  }

  async *#chunks() {
    const { count, failsAt, batch, pauseMs } = this.#plan;
    const { number: client, tally, stopping } = this.#load;
    for (let n = 0; n < count && n !== failsAt; n++) {
      if (batch > 0 && n % batch === 0) await sleep(pauseMs, stopping);
      const chunk = chunkOf(client, this.#number, n);
      this.sum = addToSum(this.sum, chunk);
      tally.itemsUp++;
      tally.bytesUp += chunk.length;
      yield chunk;
    }
    if (failsAt !== undefined) throw new Error(onPurpose);
  }
}
