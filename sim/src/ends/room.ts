import type { Channel, ChannelSubscription, StandardSchema } from '@hawser/core/channels';
import { channel, MemoryLog, Presence } from '@hawser/core/channels';
import type { OutputTransformer } from '../../../packages/core/src/trpc/feed-source.ts';
import { feedMark } from '../../../packages/core/src/trpc/feed-source.ts';
import type { ChannelPlan } from '../channels-plan.ts';
import type { Machine } from '../loop/machine.ts';
import type { AskedCall } from '../model/asked-call.ts';
import type { RoomStory } from '../model/channel-book.ts';
import { FeedRun } from '../model/feed-run.ts';
import type { FeedStory } from '../model/feed-story.ts';
import type { RunRecord } from '../model/run-record.ts';
import type { Verdicts } from '../model/verdicts.ts';
import { content } from '../workload/content.ts';
import type { FeedTask, Member, News, Sum } from '../workload/feed-task.ts';
import { newsSeed } from '../workload/feed-task.ts';
import { padding } from '../workload/padding.ts';
import { pause } from './pause.ts';
import { WatchedFeed } from './watched-feed.ts';

/** How long it takes to make a snapshot that takes its time, in ms. */
const snapshotMs = 800;

/** Takes whatever it is given. */
function anything<T>(): StandardSchema<T> {
  return { '~standard': { version: 1, vendor: 'simulation', validate: (value) => ({ value: value as T }) } };
}

/** Writes values as they are: one for channels, one for a router that has another. */
export function plainTransformer(): {
  serialize(value: unknown): unknown;
  deserialize(value: unknown): unknown;
} {
  return { serialize: (value) => value, deserialize: (value) => value };
}

const transformer = plainTransformer();
const other = plainTransformer();

export interface RoomParts {
  readonly plan: ChannelPlan;
  readonly machine: Machine;
  readonly story: RoomStory;
  readonly verdicts: Verdicts;
  readonly writesAnew: boolean;
}

type NewsOrSum = News | Sum;

/** One channel of the server's process, and who is there. */
export class Room {
  readonly #parts: RoomParts;
  readonly #output: OutputTransformer;
  readonly #presence = new Presence({ meta: anything<Member['meta']>(), transformer });
  #log: MemoryLog;
  #channel: Channel<StandardSchema<NewsOrSum>>;

  constructor(parts: RoomParts) {
    this.#parts = parts;
    this.#output = parts.writesAnew ? other : transformer;
    this.#log = new MemoryLog(parts.story.channel.epoch, parts.plan);
    this.#channel = this.#open();
  }

  publish(key: number, length: number): void {
    const { story, plan, verdicts } = this.#parts;
    const number = story.channel.last + 1;
    const pad = padding(length);
    const news: News = { number, key, pad };
    const json = JSON.stringify(news);
    const blob = number % 3 === 0 ? plan.blob : 0;
    story.channel.publishes(news, json, blob);
    const { name, epoch } = story.channel;
    const bytes = blob > 0 ? { blob: content(newsSeed(news), blob) } : {};
    this.#channel.publish({ ...news, ...bytes }).then(
      (id) =>
        verdicts.check(id === `${epoch}.${number}`, 'channel-order', () => `${name}: ${number} became ${id}`),
      (failure) => verdicts.violated('no-crash', `${name} cannot be published to: ${String(failure)}`),
    );
    this.#checkBounds();
  }

  trim(first: number): void {
    this.#parts.story.channel.trim(first);
    this.#log.trim(first);
    this.#checkBounds();
  }

  /** Another channel takes its place, whose story is in the room's by now. */
  reopen(before: RoomStory['channel']): void {
    const old = this.#channel;
    before.closed = true;
    this.#log = new MemoryLog(this.#parts.story.channel.epoch, this.#parts.plan);
    this.#channel = this.#open();
    old.close();
  }

  /** What a call that follows the room is fed with. */
  feed(asked: AskedCall, run: RunRecord, task: FeedTask, over: () => void): WatchedFeed {
    const { story, verdicts } = this.#parts;
    const feedRun = new FeedRun({
      name: `run ${run.number} of ${asked.name}`,
      task,
      story: task.of === 'presence' ? story.presence : story.channel,
      after: run.after ?? task.after,
      fails: asked.asking.task.ends === 'fails',
      presence: story.presence,
      verdicts,
    });
    run.feed = feedRun;
    const source = task.of === 'presence' ? this.#presence.subscribe() : this.#events(asked, task);
    return new WatchedFeed(source[feedMark](this.#output, run.after), feedRun, over);
  }

  /** Who is there, and who reads, when nobody is to be. */
  get left(): readonly string[] {
    const { name } = this.#parts.story.channel;
    const findings: string[] = [];
    if (this.#channel.subscribers > 0) findings.push(`${name} has ${this.#channel.subscribers} subscribers`);
    if (this.#presence.subscribers > 0) findings.push(`${name} is watched by ${this.#presence.subscribers}`);
    if (this.#presence.size > 0) findings.push(`${name} has ${this.#presence.size} members`);
    return findings;
  }

  close(): void {
    this.#parts.story.channel.closed = true;
    this.#channel.close();
    this.#presence.close();
  }

  #open(): Channel<StandardSchema<NewsOrSum>> {
    const key = (event: NewsOrSum): unknown => ('key' in event ? event.key : undefined);
    const keep = { events: this.#parts.plan.keptKeys };
    return channel({ event: anything<NewsOrSum>(), key, transformer, log: this.#log, keep });
  }

  #events(asked: AskedCall, task: FeedTask): ChannelSubscription<NewsOrSum> {
    const { after, since, replay, overflow, member } = task;
    const story = this.#parts.story.channel;
    const snapshot = task.snapshot === 'none' ? undefined : () => this.#sum(asked, task, story);
    return this.#channel.subscribeAs({ after, since, replay, overflow, snapshot }, () =>
      member ? this.#presence.enter(member.id, member.meta) : () => {},
    );
  }

  #sum(asked: AskedCall, { snapshot }: FeedTask, story: FeedStory): Sum | Promise<Sum> {
    const { machine } = this.#parts;
    const { n, ends } = asked.asking.task;
    const make = (): Sum => {
      if (ends === 'fails') throw new Error(`failure of ${n}`);
      return { upTo: story.last };
    };
    return snapshot === 'slow' ? pause(machine, snapshotMs).then(make) : make();
  }

  #checkBounds(): void {
    const { story, verdicts } = this.#parts;
    const { first, last, name } = story.channel;
    const { first: oldest, last: newest } = this.#log;
    verdicts.check(
      first === oldest && last === newest,
      'channel-bounds',
      () => `${name} holds ${oldest} to ${newest}, and should hold ${first} to ${last}`,
    );
  }
}
