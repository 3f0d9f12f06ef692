import { StreamJudge } from '../judge/stream-judge.mjs';
import { sleep } from '../sleep.mjs';

/** A slow consumer takes so many items, then pauses. */
const mouthful = 30;

/** Takes a stream's items, at its own pace if the source has none, and has them judged. */
export class StreamConsumer {
  #input;
  #load;
  #judge;
  #heardAt = performance.now();
  #taken = 0;
  #done = false;
  #finish = () => {};
  /** Resolves when the stream has ended or failed. @type {Promise<void>} */
  over = new Promise((resolve) => {
    this.#finish = resolve;
  });

  /**
   * @param {import('../service/router.mjs').StreamInput} input
   * @param {boolean} tracked
   * @param {import('./call-book.mjs').Load} load
   */
  constructor(input, tracked, load) {
    const { tally, number } = load;
    this.#input = input;
    this.#load = load;
    this.#judge = new StreamJudge({ ...input, tracked }, tally, (kind, what) =>
      tally.example(number, kind, what),
    );
  }

  get done() {
    return this.#done;
  }

  get silentMs() {
    return performance.now() - this.#heardAt;
  }

  /** Says where it stands. */
  toString() {
    return `${this.#judge}, silent for ${Math.round(this.silentMs / 1000)} s`;
  }

  item = (/** @type {import('../contender.mjs').Item} */ item) => {
    this.#heardAt = performance.now();
    this.#judge.item(item);
    const { random, stopping } = this.#load;
    if (this.#input.batch > 0 || ++this.#taken % mouthful !== 0) return undefined;
    return sleep(random.chance(0.02) ? random.between(1000, 4000) : random.between(100, 300), stopping);
  };

  gap = () => {
    this.#judge.gap();
  };

  end = () => {
    this.#judge.end();
    this.#over();
  };

  error = (/** @type {unknown} */ error) => {
    this.#judge.failed(this.#load.failureOf(error));
    this.#over();
  };

  #over() {
    this.#done = true;
    this.#finish();
  }
}
