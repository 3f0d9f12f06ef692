import type { StreamEnd, StreamEntry } from '@hawser/core';
import type { FeedTask } from '../workload/feed-task.ts';
import type { AskedCall } from './asked-call.ts';
import type { ChannelBook } from './channel-book.ts';
import type { FeedRun, ToldGap } from './feed-run.ts';
import type { FeedStory, Place } from './feed-story.ts';
import { placeIn } from './feed-story.ts';
import type { Invariant } from './invariants.ts';
import type { Attendance, PresenceNews } from './presence-story.ts';
import { attend, listed } from './presence-story.ts';

/** What a subscriber of a channel was told, and whether that can be true. */
export class FeedRecord {
  readonly task: FeedTask;
  readonly #call: AskedCall;
  readonly #book: ChannelBook;
  #place: Place | undefined;
  /** Events that gaps were told of since the last: none, so many, or nobody knows how many. */
  #missing: number | 'any' = 0;
  /** Gaps that were told of sessions without a cursor. */
  #losses = 0;
  /** Of a presence: who is there. */
  readonly #attendance: Attendance = new Map();

  constructor(call: AskedCall, task: FeedTask, book: ChannelBook) {
    this.#call = call;
    this.task = task;
    this.#book = book;
    this.#place = task.after === undefined ? undefined : placeIn(task.after);
  }

  /** Where another could continue. */
  get cursor(): string | undefined {
    return this.#place && `${this.#place.epoch}.${this.#place.number}`;
  }

  /** What is still to come of it, in a world in which nothing is published any more. */
  get owed(): { readonly rule: Invariant; readonly detail: string } | undefined {
    const { name, caller } = this.#call;
    const feed = this.#call.runs.filter(({ session }) => session === caller.current).at(-1)?.feed;
    const story = this.#story;
    if (!this.#book.quiet || feed === undefined || story === undefined)
      return { rule: 'settles-at-all', detail: `${name} is not served` };
    if (feed.story !== story) return { rule: 'settles-at-all', detail: `${name} is not ended` };
    if (this.#absent) return this.#absent;
    const isLast = this.#place?.epoch === story.epoch && this.#place?.number === story.last;
    const isFirst = feed.numbers.length === 0 && feed.origin === story.last + 1 && feed.exhausted;
    const counted = this.#missing === 'any' || this.#missing === 0 || this.#isAgain;
    if ((!isLast && !isFirst) || !counted) {
      const detail = `${name} has ${this.cursor} of ${story.name}, ${story.last}, and is missing ${this.#missing}`;
      const rule = this.task.of === 'presence' ? 'presence-converges' : 'channel-arrives';
      return { rule, detail };
    }
    return undefined;
  }

  /** The consumer took this. */
  told(entry: StreamEntry): void {
    switch (entry.kind) {
      case 'started':
        return this.#call.checkOpen('its start');
      case 'item':
        this.#call.checkOpen('an item');
        return this.#item(entry.data, entry.event);
      case 'gap':
        this.#call.checkOpen('a gap');
        return this.#gap(entry);
      case 'over':
        return this.#over(entry.end);
      default:
        entry satisfies never;
    }
  }

  consumed(): void {}

  get #story(): FeedStory | undefined {
    const room = this.#book.rooms[this.task.room];
    return this.task.of === 'presence' ? room?.presence : room?.channel;
  }

  get #feeds(): readonly FeedRun[] {
    return this.#call.runs.map(({ feed }) => feed).filter((feed) => feed !== undefined);
  }

  get #absent(): { readonly rule: Invariant; readonly detail: string } | undefined {
    if (this.task.of !== 'presence') return undefined;
    const room = this.#book.rooms[this.task.room];
    const [told, there] = [listed(this.#attendance), listed(room?.presence.members ?? new Map())];
    const detail = `${this.#call.name} sees ${told || 'nobody'}, and there is ${there || 'nobody'}`;
    return told === there ? undefined : { rule: 'presence-converges', detail };
  }

  #item(data: unknown, event: string | undefined): void {
    const place = event === undefined ? undefined : placeIn(event);
    const feed = this.#feeds.find(({ story }) => story.epoch === place?.epoch);
    this.#check(
      feed !== undefined,
      'channel-order',
      () => `got ${event}, which is of no log it was fed from`,
    );
    if (place === undefined || feed === undefined) return;
    const { story } = feed;
    const isState = story.isState(data);
    const rule = this.task.of === 'presence' ? 'presence-is-true' : 'channel-order';
    const { number } = place;
    if (isState) this.#checkState(place, story.tellsState(number, data));
    else {
      const text = (): string => `got ${JSON.stringify(data)} as ${event}`;
      this.#check(story.tellsEvent(number, data), rule, text);
      this.#checkOrder(place);
    }
    if (this.task.of === 'presence') attend(this.#attendance, data as PresenceNews);
    this.#place = place;
    if (isState || this.#missing === 'any') this.#missing = 0;
  }

  /** A snapshot is what a run of that log gave, and newer than all before. */
  #checkState({ epoch, number }: Place, isTrue: boolean): void {
    const place = this.#place;
    const given = this.#runsOf(epoch).some(({ states }) => states.has(number));
    const newer = place?.epoch !== epoch || place.number < number;
    this.#check(
      isTrue && given && newer,
      this.task.of === 'presence' ? 'presence-is-true' : 'channel-snapshot',
      () => `got a snapshot as ${epoch}.${number} after ${this.cursor}`,
    );
  }

  #checkOrder(place: Place): void {
    const { number, epoch } = place;
    const before = this.#place;
    const isNew = before?.epoch !== epoch || before.number < number;
    const holds = isNew && (before?.epoch === epoch ? this.#continues(before, place) : this.#begins(place));
    this.#check(
      holds,
      'channel-order',
      () => `got ${epoch}.${number} after ${this.cursor}, and is missing ${this.#missing}`,
    );
  }

  /** It comes after another event of its log: what is between was told to be missing. */
  #continues(before: Place, place: Place): boolean {
    if (this.#missing === 'any') return this.#isFirst(place);
    const [from, to] = [before.number, place.number];
    const runs = this.#runsOf(place.epoch);
    const run = runs.find((it) => it.follows(from, to)) ?? runs.find(({ numbers }) => numbers[0] === to);
    if (run === undefined) return to === from + 1;
    return this.#misses(run.missing(from, to));
  }

  /** It was asked for on more than one session. */
  get #isAgain(): boolean {
    return this.#call.runs.length > 1;
  }

  /** It is the first of its log. */
  #begins(place: Place): boolean {
    if (this.#missing === 'any') return this.#isFirst(place);
    if (this.#place !== undefined) return false;
    const fresh = this.#runsOf(place.epoch).filter((run) => !run.missed);
    return this.#isFirst(place) && fresh.some(({ origin }) => this.#misses(place.number - origin));
  }

  /** So many are missing before the next: were they told of? */
  #misses(hole: number): boolean {
    // Whoever does not care is not told how many were dropped.
    if (this.#missing === 'any' || !this.#survives) return true;
    // Of several keys that were left out the newest ones follow one by one; and what is told before the cursor moves is
    // told again on the next session.
    const followed = this.task.overflow === 'latest';
    const holds = followed || this.#isAgain ? hole <= this.#missing : hole === this.#missing;
    if (holds) this.#missing = followed ? this.#missing - hole : 0;
    return holds;
  }

  #isFirst({ epoch, number }: Place): boolean {
    return this.#runsOf(epoch).some(({ numbers }) => numbers[0] === number);
  }

  get #survives(): boolean {
    return this.#call.asking.survivesGaps;
  }

  #runsOf(epoch: string): readonly FeedRun[] {
    return this.#feeds.filter(({ story }) => story.epoch === epoch);
  }

  #gap({ reason, count }: ToldGap): void {
    const holds = this.#isTold(reason, count) || this.#isLoss(count);
    this.#check(
      holds && this.#survives,
      'channel-gap',
      () => `was told of a gap: ${reason} ${count}, after ${this.cursor}`,
    );
    if (count === undefined || this.#missing === 'any') this.#missing = 'any';
    else this.#missing += count;
  }

  /** A run of it said so. */
  #isTold(reason: string, count: number | undefined): boolean {
    return this.#feeds.some(({ gaps }) => gaps.some((gap) => gap.reason === reason && gap.count === count));
  }

  /** It had no cursor when a session was lost. */
  #isLoss(count: number | undefined): boolean {
    return count === undefined && ++this.#losses <= this.#call.caller.losses && this.#place === undefined;
  }

  #over(end: StreamEnd): void {
    if (end.kind === 'fault') {
      this.#call.faulted(end.fault);
      const { code, reason = '' } = end.fault;
      const told = this.#feeds.some(({ gaps }) => gaps.some((gap) => gap.reason === reason));
      const caused = code !== 'gap' || told || this.#isLoss(undefined);
      return this.#check(caused, 'channel-gap', () => `ended for a gap: ${reason}`);
    }
    if (end.kind === 'error') return this.#call.failed(end.shape);
    this.#call.ended();
    const whole = this.#feeds.some(
      ({ state, numbers }) => state === 'ended' && (numbers.at(-1) ?? 0) <= (this.#place?.number ?? 0),
    );
    const late = this.#call.asking.timeoutMs !== undefined;
    this.#check(whole || late, 'channel-order', () => `ended after ${this.cursor}, and more was to come`);
  }

  #check(holds: boolean, rule: Invariant, detail: () => string): void {
    this.#call.check(holds, rule, detail);
  }
}
