import type { Feed } from '../../../packages/core/src/rpc/dispatch.ts';
import type { FeedRun } from '../model/feed-run.ts';

/** A feed of core, of which the model sees what is asked and what it gives. */
export class WatchedFeed implements Feed {
  readonly #feed: Feed;
  readonly #run: FeedRun;
  readonly #stopped: () => void;

  /** `stopped` is told each time. */
  constructor(feed: Feed, run: FeedRun, stopped: () => void) {
    this.#feed = feed;
    this.#run = run;
    this.#stopped = stopped;
  }

  set wake(wake: () => void) {
    this.#feed.wake = wake;
  }

  take(): ReturnType<Feed['take']> {
    const expected = this.#run.asked();
    let step: ReturnType<Feed['take']>;
    try {
      step = this.#feed.take();
    } catch (failure) {
      this.#run.threw(expected, failure);
      throw failure;
    }
    this.#run.gave(expected, step);
    return step;
  }

  stop(): void {
    this.#stopped();
    this.#feed.stop();
  }
}
