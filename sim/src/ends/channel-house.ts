import type { Reply } from '@hawser/core';
import type { ChannelPlan, ChannelsPlan } from '../channels-plan.ts';
import type { Machine } from '../loop/machine.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { AskedCall } from '../model/asked-call.ts';
import type { RoomStory } from '../model/channel-book.ts';
import type { ChannelStory } from '../model/channel-story.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { FeedTask } from '../workload/feed-task.ts';
import type { WorldParts } from '../world-parts.ts';
import { Room } from './room.ts';

/** Few, short and alike: one may be the beginning of another. */
const epochLetters = ['a', 'b', '.', '1'] as const;

/** The channels of one run of the server's process. */
export class ChannelHouse {
  readonly #parts: WorldParts;
  readonly #plan: ChannelsPlan;
  readonly #machine: Machine;
  readonly #random: SeededRandom;
  readonly #stories: readonly RoomStory[];
  readonly #rooms: readonly Room[];
  #closed = false;

  constructor(parts: WorldParts, machine: Machine, plan: ChannelsPlan) {
    const { channelRandom, judge } = parts;
    this.#parts = parts;
    this.#plan = plan;
    this.#machine = machine;
    this.#random = channelRandom.fork();
    this.#stories = plan.rooms.map((room, index) => ({
      channel: this.#story(room, index),
      presence: judge.channels.presence(`presence ${index} of ${machine.name}`),
    }));
    judge.channels.rooms = this.#stories;
    this.#rooms = this.#stories.map((story, index) => {
      const room = plan.rooms[index] as ChannelPlan;
      return new Room({ plan: room, machine, story, verdicts: judge.verdicts, writesAnew: plan.writesAnew });
    });
  }

  feed(asked: AskedCall, run: RunRecord, task: FeedTask, over: () => void): Reply {
    const room = this.#rooms[task.room];
    if (room === undefined) throw new Error(`There is no room ${task.room}`);
    return { kind: 'feed', feed: room.feed(asked, run, task, over) };
  }

  /** Publishes some events at once. */
  publish(index: number, count: number): void {
    if (this.#closed) return;
    const { keys, largest } = this.#plan.rooms[index] as ChannelPlan;
    for (let left = count; left > 0; left--) {
      this.#parts.tally.published++;
      this.#rooms[index]?.publish(this.#random.below(keys), this.#random.below(largest));
    }
  }

  /** Drops some of what is kept, or all. */
  trim(index: number): void {
    if (this.#closed) return;
    const { first, last } = (this.#stories[index] as RoomStory).channel;
    this.#rooms[index]?.trim(this.#random.whole(first, last + 1));
  }

  /** Closes a channel, and puts another in its place. */
  reopen(index: number): void {
    if (this.#closed) return;
    const story = this.#stories[index] as RoomStory;
    const before = story.channel;
    story.channel = this.#story(this.#plan.rooms[index] as ChannelPlan, index);
    this.#rooms[index]?.reopen(before);
  }

  /** The last was published. */
  rest(): void {
    const { channels } = this.#parts.judge;
    if (channels.rooms === this.#stories) channels.quiet = true;
  }

  close(): void {
    this.#closed = true;
    for (const room of this.#rooms) room.close();
  }

  get left(): readonly string[] {
    return this.#rooms.flatMap((room) => room.left);
  }

  #story(room: ChannelPlan, index: number): ChannelStory {
    const { channels } = this.#parts.judge;
    let epoch = '';
    while (epoch === '' || channels.has(epoch)) epoch += this.#random.pick(epochLetters);
    return channels.channel(`channel ${index} of ${this.#machine.name}`, epoch, room);
  }
}
