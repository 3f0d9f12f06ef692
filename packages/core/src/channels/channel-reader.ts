import { TRPCError } from '@trpc/server';
import type { StreamGap, StreamPosition } from '../rpc/dispatch.js';
import type { ChannelEvent } from './channel-event.js';
import type { ChannelLog } from './channel-log.js';
import { numberAt, placeOf } from './channel-place.js';
import type { NewestEvents } from './newest-events.js';

/**
 * What becomes of a subscriber that falls behind what the log holds:
 *
 * - `drop-oldest`: it goes on with the oldest event that there is, and is told how many it missed.
 * - `latest`: it gets of each key only the newest event, whenever it is behind, and is told how many it missed.
 * - `error`: its subscription ends with `TOO_MANY_REQUESTS`.
 */
export type ChannelOverflow = 'drop-oldest' | 'latest' | 'error';

/** What a reader needs of its channel. */
export interface ReadChannel {
  readonly log: ChannelLog;
  /** The event of that number; undefined if the log does not hold it. */
  read(number: number): ChannelEvent | undefined;
  /** By key, if its events have keys. */
  readonly newest: NewestEvents;
  /** An event that is no part of the log: it stands for all up to that number. */
  snapshot(value: unknown, number: number): ChannelEvent | Promise<ChannelEvent>;
}

export interface ReaderOptions {
  readonly after: string | undefined;
  /** Nothing up to that event, whatever `after` says. */
  readonly since: string | undefined;
  readonly replay: number;
  readonly overflow: ChannelOverflow;
  readonly snapshot: (() => unknown) | undefined;
}

export type ReaderStep = ChannelEvent | StreamPosition | StreamGap;

/** One subscriber's way through a log: from its cursor over what the log holds to what is new, and on. */
export class ChannelReader {
  readonly #channel: ReadChannel;
  readonly #options: ReaderOptions;
  readonly #wake: () => void;
  /** Number of the event that comes next; undefined before the first `take`. */
  #next: number | undefined;
  /** What comes before that. */
  #ahead: ReaderStep[] = [];
  #state: 'reading' | 'asking' | 'failed' = 'reading';
  #failure: unknown;

  /** `wake` is told when a snapshot that was asked for is there. */
  constructor(channel: ReadChannel, options: ReaderOptions, wake: () => void) {
    this.#channel = channel;
    this.#options = options;
    this.#wake = wake;
  }

  /** Whether a snapshot is being made, which comes next. */
  get asking(): boolean {
    return this.#state === 'asking';
  }

  /** The next; undefined if there is none yet. Throws what the subscription fails with. */
  take(): ReaderStep | undefined {
    if (this.#next === undefined) this.#start();
    const ahead = this.#ahead.shift();
    if (ahead) return ahead;
    if (this.#state === 'asking') return undefined;
    if (this.#state === 'failed') throw this.#failure;
    return this.#read(this.#next as number);
  }

  #read(next: number): ReaderStep | undefined {
    const { log } = this.#channel;
    if (next > log.last) return undefined;
    if (next < log.first) return this.#fallBehind(next);
    return this.#options.overflow === 'latest' ? this.#readLatest(next) : this.#readOne(next);
  }

  #readOne(next: number): ChannelEvent | undefined {
    const event = this.#channel.read(next);
    if (event) this.#next = next + 1;
    return event;
  }

  /** Leaves out what a later event of the same key makes old. */
  #readLatest(next: number): ReaderStep | undefined {
    let number = next;
    let event = this.#channel.read(number);
    while (event && this.#channel.newest.supersedes(event)) event = this.#channel.read(++number);
    if (event === undefined) return undefined;
    this.#next = number + 1;
    if (number === next) return event;
    this.#ahead.push(event);
    return { gap: 'dropped', count: number - next };
  }

  #start(): void {
    const { log } = this.#channel;
    const { after, replay } = this.#options;
    if (after === undefined) return this.#startAnew(replay);
    const number = numberAt(log.epoch, after);
    if (number === undefined || number > log.last) return this.#miss('restarted', undefined);
    const next = Math.max(number + 1, this.#floor);
    if (next < log.first && !this.#newestFrom(next)) this.#miss('expired', log.first - next);
    else this.#next = next;
  }

  /** Number of the first event that it may have. */
  get #floor(): number {
    const { since } = this.#options;
    const number = since === undefined ? undefined : numberAt(this.#channel.log.epoch, since);
    return number === undefined ? 0 : number + 1;
  }

  #startAnew(replay: number): void {
    const { log } = this.#channel;
    if (this.#options.snapshot) return this.#ask(this.#options.snapshot);
    // All that is kept is more than the log where the newest of each key is wanted.
    const older =
      replay === Number.POSITIVE_INFINITY ? this.#newestFrom(Math.max(1, this.#floor)) : undefined;
    this.#next = older?.[0]?.number ?? Math.max(log.first, log.last + 1 - replay, this.#floor);
    this.#tellPlace();
    if (older) this.#leaveOut(0, older, Math.max(log.first, this.#floor));
  }

  #fallBehind(next: number): ReaderStep | undefined {
    if (this.#options.overflow === 'error') {
      throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message: 'The subscriber fell behind its channel' });
    }
    const { first } = this.#channel.log;
    const newest = this.#newestFrom(next);
    if (newest) this.#leaveOut(first - next - newest.length, newest, first);
    else this.#miss('dropped', first - next);
    return this.take();
  }

  /** The newest event of each key among those that the log holds no more, if that is all that is wanted of them. */
  #newestFrom(number: number): readonly ChannelEvent[] | undefined {
    const { newest, log } = this.#channel;
    return this.#options.overflow === 'latest' ? newest.between(number, log.first) : undefined;
  }

  #leaveOut(count: number, newest: readonly ChannelEvent[], next: number): void {
    if (count > 0) this.#ahead.push({ gap: 'dropped', count });
    this.#ahead.push(...newest);
    this.#next = next;
  }

  /** Events are missing: the snapshot makes up for them, or they are told as a gap. */
  #miss(gap: string, count: number | undefined): void {
    if (this.#options.snapshot) return this.#ask(this.#options.snapshot);
    this.#next = Math.max(this.#channel.log.first, this.#floor);
    this.#ahead.push({ gap, count });
    this.#tellPlace();
  }

  /** There is a cursor before there is an event. */
  #tellPlace(): void {
    this.#ahead.push({ position: placeOf(this.#channel.log.epoch, (this.#next as number) - 1) });
  }

  /** Events that come while the snapshot is made follow it. */
  #ask(snapshot: () => unknown): void {
    const number = this.#channel.log.last;
    this.#next = number + 1;
    this.#state = 'asking';
    void this.#answer(snapshot, number);
  }

  async #answer(snapshot: () => unknown, number: number): Promise<void> {
    try {
      const value: unknown = await snapshot();
      this.#ahead.push(await this.#channel.snapshot(value, number));
      this.#state = 'reading';
    } catch (error) {
      this.#state = 'failed';
      this.#failure = error;
    }
    this.#wake();
  }
}
