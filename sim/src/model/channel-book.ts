import type { ChannelPlan } from '../channels-plan.ts';
import { ChannelStory } from './channel-story.ts';
import type { FeedStory } from './feed-story.ts';
import { PresenceStory } from './presence-story.ts';

/** One channel of a server's process: its log, which may be replaced, and who is there. */
export interface RoomStory {
  channel: ChannelStory;
  readonly presence: PresenceStory;
}

/** All channels that there ever were in a world. */
export class ChannelBook {
  readonly #channels = new Map<string, ChannelStory>();
  readonly #presences: PresenceStory[] = [];
  /** Those of the server that runs, by index. */
  rooms: readonly RoomStory[] = [];
  /** Nothing more is going to be published. */
  quiet = false;

  /** A log is made. Throws if its epoch is not new. */
  channel(name: string, epoch: string, plan: ChannelPlan): ChannelStory {
    if (this.#channels.has(epoch)) throw new Error(`There was an epoch ${epoch}`);
    const story = new ChannelStory(name, epoch, plan);
    this.#channels.set(epoch, story);
    return story;
  }

  presence(name: string): PresenceStory {
    const story = new PresenceStory(name);
    this.#presences.push(story);
    return story;
  }

  /** The log that an id is of, if there ever was one. */
  of(epoch: string): FeedStory | undefined {
    return this.#channels.get(epoch) ?? this.#presences.find((it) => it.epoch === epoch);
  }

  has(epoch: string): boolean {
    return this.#channels.has(epoch);
  }
}
