import type { FeedRun } from './feed-run.ts';
import type { SessionStory } from './session-story.ts';
import type { StrandRecord } from './strand-record.ts';

/** One run of a handler. */
export class RunRecord {
  readonly number: number;
  readonly session: SessionStory;
  /** Where its caller asked it to continue. */
  readonly after: string | undefined;
  /** What it gives of a channel, if that is what it is asked for. */
  feed: FeedRun | undefined;
  /** Items that the handler gave, and those of them that the consumer is done with. */
  produced = 0;
  consumed = 0;
  /** Lengths of the items that are produced and not consumed, oldest first. */
  readonly lengths: number[] = [];
  unconsumedLength = 0;
  /** How its stream ended, if it did by itself. */
  streamEnd: 'ended' | 'failed' | undefined;
  toldGap = false;
  fired = false;
  /** The streams of its answer, and whether that is in a frame. */
  readonly outputs: StrandRecord[] = [];
  answerLeft = false;
  over = false;

  constructor(number: number, session: SessionStory, after: string | undefined) {
    this.number = number;
    this.session = session;
    this.after = after;
  }
}
