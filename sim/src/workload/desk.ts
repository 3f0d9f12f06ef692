import type { Caller, CallRequest } from '@hawser/core';
import { StrandSource } from '../ends/strand-source.ts';
import { asEither, encoded } from '../ends/values.ts';
import type { Machine } from '../loop/machine.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { AskedCall, Asking } from '../model/asked-call.ts';
import { blobSeed } from '../model/asked-call.ts';
import type { Caller as CallerRecord } from '../model/caller.ts';
import { FeedRecord } from '../model/feed-record.ts';
import { StreamRecord } from '../model/stream-record.ts';
import type { WorldParts } from '../world-parts.ts';
import { content } from './content.ts';
import type { FeedTask } from './feed-task.ts';
import type { Appetite, EntryRecord } from './stream-ask.ts';
import { StreamAsk } from './stream-ask.ts';
import type { Input } from './task.ts';
import { TaskMaker } from './task-maker.ts';
import { UnaryAsk } from './unary-ask.ts';

/** Where calls go, and how the model calls whoever makes them. */
export interface Counterpart {
  readonly caller: Caller;
  readonly record: CallerRecord;
}

/** Makes calls for one end, and does with them what a user may do. */
export class Desk {
  readonly #parts: WorldParts;
  readonly #machine: Machine;
  readonly #random: SeededRandom;
  readonly #tasks: TaskMaker;
  readonly #calls: UnaryAsk[] = [];
  readonly #streams: StreamAsk[] = [];
  readonly #sources: StrandSource[] = [];

  constructor(parts: WorldParts, machine: Machine, random: SeededRandom) {
    this.#parts = parts;
    this.#machine = machine;
    this.#random = random;
    this.#tasks = new TaskMaker(parts.plan, random);
  }

  get done(): boolean {
    const settled = this.#calls.every((call) => call.settled);
    return settled && this.#streams.every((stream) => stream.settled);
  }

  ask({ caller, record }: Counterpart): void {
    const { judge, tally } = this.#parts;
    const asking = this.#tasks.call(judge.calls.length + 1);
    const asked = judge.ask(asking, record, this.#machine);
    if (asking.type === 'query') tally.queries++;
    else tally.mutations++;
    const machine = this.#machine;
    this.#calls.push(
      new UnaryAsk(asked, machine, (sink, signal) => caller.call(this.#request(asked, signal), sink)),
    );
  }

  subscribe({ caller, record }: Counterpart): void {
    const { judge, tally } = this.#parts;
    const asking = this.#tasks.stream(judge.calls.length + 1);
    const asked = judge.ask(asking, record, this.#machine);
    tally.subscriptions++;
    this.#open(asked, new StreamRecord(asked), caller);
  }

  /** Subscribes to a channel. */
  follow({ caller, record }: Counterpart, asking: Asking, task: FeedTask): FeedRecord {
    const { judge, tally } = this.#parts;
    const asked = judge.ask(asking, record, this.#machine);
    const feed = new FeedRecord(asked, task, judge.channels);
    asked.feed = feed;
    tally.feeds++;
    this.#open(asked, feed, caller);
    return feed;
  }

  /** A consumer changes its pace. */
  turn(): void {
    const stream = this.#random.any(this.#streams);
    if (stream && !stream.settled) stream.appetite = this.#appetite();
  }

  abortCall(): void {
    this.#random.any(this.#calls.filter((call) => !call.over))?.abort();
  }

  leaveStream(): void {
    if (this.#random.chance(0.3)) this.#random.any(this.#calls.filter((call) => !call.over))?.leave();
    else this.leaveFeed();
  }

  /** As `leaveStream`, and no call is given up in its stead. */
  leaveFeed(): void {
    this.#random.any(this.#streams)?.leave();
  }

  abortStream(): void {
    this.#random.any(this.#streams)?.abort();
  }

  /** How many subscriptions go on. */
  get streams(): number {
    return this.#streams.filter((stream) => !stream.settled).length;
  }

  /** Takes what comes from now on, and lets go in a while of what has no end; of channels some. */
  rest(): void {
    for (const stream of this.#streams) {
      stream.hurry();
      const leaves = stream.follows ? this.#random.chance(0.3) : stream.endless;
      if (leaves) this.#later(3000, () => stream.leave());
    }
    for (const call of this.#calls) {
      call.hurry();
      if (call.endless) this.#later(5000, () => call.giveUp(this.#random.chance(0.5)));
    }
    for (const source of this.#sources) {
      if (source.endless) this.#later(5000, () => source.finish());
    }
  }

  #open(asked: AskedCall, record: EntryRecord, caller: Caller): void {
    const parts = { appetite: this.#appetite(), machine: this.#machine, tally: this.#parts.tally };
    const ask = new StreamAsk(asked, record, parts, (sink, signal) =>
      caller.call(this.#request(asked, signal), sink),
    );
    this.#streams.push(ask);
  }

  #later(most: number, callback: () => void): void {
    this.#machine.later(this.#random.uniform() * most, callback);
  }

  #request(asked: AskedCall, signal: AbortSignal): CallRequest {
    const { type, timeoutMs, idempotent } = asked.asking;
    const { data, sections, streams } = encoded(this.#inputOf(asked));
    const json = JSON.stringify(data);
    return { type, path: 'act', json, sections, streams, signal, timeoutMs, idempotent };
  }

  #inputOf(asked: AskedCall): Input {
    const { n, ms, ends, heeds, size, stream, feed, pad, blobs } = asked.asking.task;
    const input = { n, ms, ends, heeds, size, stream, feed, pad };
    if (blobs === undefined && asked.inputs.length === 0) return input;
    const strands = asked.inputs.map((record) => new StrandSource(record));
    this.#sources.push(...strands);
    return {
      ...input,
      blobs: blobs?.map((length, index) => asEither(content(blobSeed(n, index), length))),
      strands: strands.length > 0 ? strands : undefined,
    };
  }

  #appetite(): Appetite {
    const random = this.#random;
    return random.pick<Appetite>([
      { kind: 'eager' },
      { kind: 'eager' },
      { kind: 'slow', most: random.whole(1, 5), ms: random.between(10, 800) },
      { kind: 'none' },
    ]);
  }
}
