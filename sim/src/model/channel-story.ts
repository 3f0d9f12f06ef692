import type { ChannelPlan } from '../channels-plan.ts';
import { isContent } from '../workload/content.ts';
import type { News, Sum } from '../workload/feed-task.ts';
import { newsSeed } from '../workload/feed-task.ts';
import type { FeedStory } from './feed-story.ts';

/** An event, as its publisher made it. */
interface Published {
  readonly key: number;
  readonly pad: string;
  readonly blob: number;
  readonly length: number;
}

/** The events of one log of a channel: what was published, and what of it is still to be held. */
export class ChannelStory implements FeedStory {
  readonly name: string;
  readonly epoch: string;
  readonly #plan: ChannelPlan;
  readonly #published: Published[] = [];
  /** Number of the newest event of each key. */
  readonly #newest = new Map<number, number>();
  /** Number of the last event of those that went out of it for want of room. */
  #forgotten = 0;
  #length = 0;
  readonly forgotten = 0;
  first = 1;
  closed = false;

  constructor(name: string, epoch: string, plan: ChannelPlan) {
    this.name = name;
    this.epoch = epoch;
    this.#plan = plan;
  }

  get last(): number {
    return this.#published.length;
  }

  /** An event is about to be published; its bytes are so many. */
  publishes({ number, key, pad }: News, json: string, blob: number): void {
    const { epoch } = this;
    const length = `${json},${JSON.stringify(`${epoch}.${number}`)}]`.length + blob;
    this.#published.push({ key, pad, blob, length });
    this.#renew(key, number);
    this.#length += length;
    const { events, bytes } = this.#plan;
    while (this.first < this.last && (this.last - this.first >= events || this.#length > bytes)) this.#drop();
  }

  /** The application drops the events before that number. */
  trim(first: number): void {
    while (this.first < Math.min(first, this.last + 1)) this.#drop();
  }

  isOld(number: number): boolean {
    const key = this.#published[number - 1]?.key ?? 0;
    return (this.#newest.get(key) ?? number) !== number;
  }

  /** The newest of each key that the log holds no more, from a number on; undefined if some are not known any more. */
  newestFrom(number: number): readonly number[] | undefined {
    if (number <= this.#forgotten) return undefined;
    const kept = [...this.#newest.values()].filter((it) => it >= number && it < this.first);
    return kept.sort((one, other) => one - other);
  }

  tellsEvent(number: number, data: unknown): boolean {
    const event = this.#published[number - 1];
    const news = data as News;
    if (event === undefined || news.number !== number) return false;
    const { key, pad, blob } = event;
    const whole = blob === 0 || isContent(news.blob, newsSeed(news), blob);
    return whole && news.key === key && news.pad === pad;
  }

  isState(data: unknown): boolean {
    return 'upTo' in (data as News | Sum);
  }

  tellsState(number: number, data: unknown): boolean {
    const { upTo } = data as Sum;
    return upTo >= number && upTo <= this.last;
  }

  #renew(key: number, number: number): void {
    this.#newest.set(key, number);
    if (this.#newest.size <= this.#plan.keptKeys) return;
    const [oldest, forgotten] = [...this.#newest].reduce((one, other) => (one[1] < other[1] ? one : other));
    this.#newest.delete(oldest);
    this.#forgotten = forgotten;
  }

  #drop(): void {
    this.#length -= this.#published[this.first - 1]?.length ?? 0;
    this.first++;
  }
}
