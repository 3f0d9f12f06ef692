import { initTRPC } from '@trpc/server';
import type { ChannelSubscription } from '../../src/channels/channel-subscription.ts';
import type { Feed, SplicedItem } from '../../src/rpc/dispatch.ts';
import type { OutputTransformer } from '../../src/trpc/feed-source.ts';
import { feedMark } from '../../src/trpc/feed-source.ts';
import { microtasks } from '../harness/settling.ts';

/** How a router without a transformer writes. */
export const plainOutput: OutputTransformer = initTRPC.create()._config.transformer.output;

export interface TakingOptions {
  /** The cursor that the subscriber brings. */
  readonly after?: string | undefined;
  readonly output?: OutputTransformer;
}

/** Takes from a subscription as a peer does, without one. */
export class Taking {
  readonly feed: Feed;
  /** In words, what was taken: events by their JSON and number, the rest by its kind. */
  readonly story: string[] = [];
  /** Items as they were taken. */
  readonly items: SplicedItem[] = [];
  /** How often it was told that there is something again. */
  wakes = 0;
  /** The last cursor that it was told, or brought. */
  cursor: string | undefined;
  over = false;

  constructor(subscription: ChannelSubscription<unknown>, { after, output }: TakingOptions = {}) {
    this.cursor = after;
    this.feed = subscription[feedMark](output ?? plainOutput, after);
    this.feed.wake = () => void this.wakes++;
  }

  /** Takes at most so many, and answers the story of these. */
  take(most = Number.POSITIVE_INFINITY): readonly string[] {
    const before = this.story.length;
    while (this.story.length - before < most && !this.over) {
      const word = this.#next();
      if (word === undefined) break;
      this.story.push(word);
    }
    return this.story.slice(before);
  }

  /** Takes once whatever was asked for has been answered. */
  async settle(): Promise<readonly string[]> {
    await microtasks();
    return this.take();
  }

  stop(): void {
    this.over = true;
    this.feed.stop();
  }

  #next(): string | undefined {
    try {
      const step = this.feed.take();
      if (step === undefined) return undefined;
      if (step === 'end') return this.#end('end');
      if ('tail' in step) return this.#item(step);
      if ('gap' in step)
        return step.count === undefined ? `gap ${step.gap}` : `gap ${step.gap} ${step.count}`;
      this.cursor = step.position;
      return `at ${numberOf(step.position)}`;
    } catch (error) {
      return this.#end(`threw ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** As a peer, which stops what has failed as well. */
  #end(word: string): string {
    this.stop();
    return word;
  }

  #item(item: SplicedItem): string {
    this.items.push(item);
    const [data, id] = JSON.parse(`[${item.tail}`) as [data: unknown, id: string];
    this.cursor = id;
    return `${JSON.stringify(data)}@${numberOf(id)}`;
  }
}

/** The number in an event's id. */
export function numberOf(id: string): string {
  return id.slice(id.lastIndexOf('.') + 1);
}
