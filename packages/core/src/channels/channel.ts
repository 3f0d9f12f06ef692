import { StandardSchemaV1Error, TRPCError } from '@trpc/server';
import { detach } from '../rpc/attachments.js';
import type { InputOf, OutputOf, StandardSchema } from '../trpc/standard-schema.js';
import { fits } from '../wire/frame.js';
import { limits } from '../wire/limits.js';
import type { ChannelTransformer } from './channel-codec.js';
import { ChannelCodec } from './channel-codec.js';
import type { EventContent } from './channel-event.js';
import { ChannelEvent } from './channel-event.js';
import type { ChannelLog, LoggedEvent } from './channel-log.js';
import { placeOf } from './channel-place.js';
import type { ChannelOverflow } from './channel-reader.js';
import type { Presenter, SubscribedChannel, Subscriber } from './channel-subscription.js';
import { ChannelSubscription } from './channel-subscription.js';
import { newEpoch } from './epoch.js';
import { MemoryLog } from './memory-log.js';
import { NewestEvents } from './newest-events.js';

/** What a channel keeps for those who come back. */
export interface Keep {
  /** Events, default 1,000. */
  readonly events?: number | undefined;
  /** Characters and bytes of them, default 1 MiB. The newest event is kept whatever its size. */
  readonly bytes?: number | undefined;
}

export interface ChannelOptions<Schema extends StandardSchema> {
  /** What an event is: a schema of any library that speaks Standard Schema. */
  readonly event: Schema;
  /** For a router that has one: the same. Events are then serialised once, and not once more for the router. */
  readonly transformer?: ChannelTransformer | undefined;
  readonly keep?: Keep | undefined;
  /**
   * What an event is the newest of, for subscribers who want no more than that. The newest event of each key is kept
   * besides, as many and as large as `keep` says once more.
   */
  readonly key?: ((event: OutputOf<Schema>) => unknown) | undefined;
  /** Where the events are kept, default the memory of this process. `keep` is its own business then. */
  readonly log?: ChannelLog | undefined;
}

export interface SubscribeToChannelOptions<Schema extends StandardSchema> {
  /**
   * The last event that the subscriber has: it continues after it. Rarely needed: whoever continues on its own, after
   * a lost session, brings the cursor of the last event that it got, and that one counts.
   */
  readonly after?: string | null | undefined;
  /**
   * The id of an event: nothing up to it is given, whatever cursor the subscriber brings. A cursor is the client's own
   * word: without this, it may ask for all that is kept, whatever `replay` says.
   */
  readonly since?: string | undefined;
  /** For who has no such event: so many of the kept ones first, default 0; `Infinity` for all. */
  readonly replay?: number | undefined;
  /**
   * Gives an event that stands for all before it: the state, for instance. It is the first one for who has none to
   * continue after, and comes in place of any gap. It must not be older than the events published when it is asked for.
   */
  readonly snapshot?: (() => OutputOf<Schema> | Promise<OutputOf<Schema>>) | undefined;
  /**
   * For whoever iterates it by hand, in a generator: the handler's own, which ends the iteration. What a procedure
   * returns as it is needs none.
   */
  readonly signal?: AbortSignal | undefined;
  /** What becomes of it when it falls behind what is kept, default `drop-oldest`. */
  readonly overflow?: ChannelOverflow | undefined;
}

const defaultKeep = { events: 1_000, bytes: 1_048_576 };

/**
 * Events for whoever subscribes, and for a while for whoever comes back. Nothing is held for a subscriber but its place
 * in the log: one that is slow costs no memory, and falls behind instead.
 */
export class Channel<Schema extends StandardSchema> {
  readonly #options: ChannelOptions<Schema>;
  readonly #codec: ChannelCodec;
  readonly #log: ChannelLog;
  readonly #subscribers = new Set<Subscriber>();
  readonly #newest: NewestEvents;
  /** Number of the last event that is among the newest. */
  #seen: number;
  /** Events that came from elsewhere, as they leave. */
  readonly #foreign = new WeakMap<LoggedEvent, ChannelEvent>();
  readonly #shared: SubscribedChannel;
  #closed = false;

  /** Throws a `RangeError` for bounds that are none. */
  constructor(options: ChannelOptions<Schema>) {
    this.#options = options;
    this.#codec = new ChannelCodec(options.transformer);
    const bounds = boundsOf(options.keep);
    this.#log = options.log ?? new MemoryLog(newEpoch(), bounds);
    this.#seen = this.#log.last;
    this.#newest = new NewestEvents(this.#seen, bounds);
    this.#log.tail(() => this.#wake());
    this.#shared = {
      log: this.#log,
      newest: this.#newest,
      read: (number) => this.#read(number),
      snapshot: (value, number) => this.#snapshot(value, number),
      enter: (subscriber) => {
        this.#check();
        this.#subscribers.add(subscriber);
      },
      leave: (subscriber) => {
        this.#subscribers.delete(subscriber);
        this.#release();
      },
    };
  }

  /** Subscriptions that are read. */
  get subscribers(): number {
    return this.#subscribers.size;
  }

  /**
   * Publishes an event and gives its id. With a synchronous schema it is out, in memory, when this call returns; events
   * appear in the order in which they were found valid. Rejects with a `BAD_REQUEST` for an event that is not valid,
   * a `PAYLOAD_TOO_LARGE` for one of 4 MiB of JSON or 64 MiB of bytes, with what the transformer throws, and after
   * `close`. An event may hold bytes, but no streams; one with a Blob appears when that was read.
   */
  async publish(event: InputOf<Schema>): Promise<string> {
    const checking = this.#options.event['~standard'].validate(event);
    const result = checking instanceof Promise ? await checking : checking;
    if (result.issues) throw invalid(result.issues);
    const { value } = result;
    const detached = detach(value, { streams: false, copy: true }) ?? { value, sections: [] };
    const bare = detached instanceof Promise ? await detached : detached;
    this.#check();
    const key = this.#options.key?.(value as OutputOf<Schema>);
    const content = { json: this.#codec.encode(bare.value), parts: bare.sections, key };
    checkSize(content);
    const appended = this.#log.append((number) => this.#event({ number, ...content }));
    const { number } = appended instanceof Promise ? await appended : appended;
    return placeOf(this.#log.epoch, number);
  }

  /**
   * For a procedure to return as it is; it may also be iterated. Nothing happens before it is read. Throws a
   * `RangeError` for a `replay` that is none.
   */
  subscribe(options: SubscribeToChannelOptions<Schema> = {}): ChannelSubscription<OutputOf<Schema>> {
    return this.subscribeAs(options, absentee);
  }

  /** As `subscribe`, with somebody who is told while it is read. */
  subscribeAs(
    options: SubscribeToChannelOptions<Schema>,
    present: Presenter,
  ): ChannelSubscription<OutputOf<Schema>> {
    const { after, since, replay = 0, snapshot, signal, overflow = 'drop-oldest' } = options;
    if (overflow === 'latest' && !this.#options.key)
      throw new TypeError('`latest` needs the channel’s `key`');
    if (replay !== Number.POSITIVE_INFINITY && !(Number.isSafeInteger(replay) && replay >= 0)) {
      throw new RangeError(`replay must be a whole number from 0 on, or Infinity, not ${replay}`);
    }
    const reading = { after: after ?? undefined, since, replay, snapshot, overflow };
    return new ChannelSubscription(this.#shared, reading, present, signal);
  }

  /** Ends every subscription once it has what was published, and lets go of what is kept. A second call does nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const subscriber of [...this.#subscribers]) subscriber.end();
    this.#release();
  }

  /** The last subscriber of a closed channel has read what there was. */
  #release(): void {
    if (!this.#closed || this.#subscribers.size > 0) return;
    this.#log.close();
    this.#newest.clear();
  }

  /** Throws after `close`. */
  #check(): void {
    if (this.#closed) throw new TRPCError({ code: 'PRECONDITION_FAILED', message: 'The channel is closed' });
  }

  #event(content: EventContent): ChannelEvent {
    return new ChannelEvent(placeOf(this.#log.epoch, content.number), content, this.#codec);
  }

  #read(number: number): ChannelEvent | undefined {
    const logged = this.#log.read(number);
    if (logged === undefined || logged instanceof ChannelEvent) return logged;
    const event = this.#foreign.get(logged) ?? this.#event(logged);
    this.#foreign.set(logged, event);
    return event;
  }

  async #snapshot(value: unknown, number: number): Promise<ChannelEvent> {
    const bare = (await detach(value, { streams: false, copy: true })) ?? { value, sections: [] };
    const json = this.#codec.encode(bare.value);
    return this.#event({ number, json, parts: bare.sections, key: undefined });
  }

  /** Which event is the newest of each key, whoever published it. */
  #learn(): void {
    for (const { last } = this.#log; this.#seen < last; this.#seen++) {
      const event = this.#read(this.#seen + 1);
      if (event) this.#newest.add(event);
    }
  }

  #wake(): void {
    if (this.#options.key) this.#learn();
    for (const subscriber of this.#subscribers) subscriber.wake();
  }
}

const absentee: Presenter = () => () => {};

export function boundsOf({ events = defaultKeep.events, bytes = defaultKeep.bytes }: Keep = {}) {
  if (!(events >= 1)) throw new RangeError(`keep.events must be at least 1, not ${events}`);
  if (!(bytes >= 0)) throw new RangeError(`keep.bytes must not be negative, as is ${bytes}`);
  return { events, bytes };
}

/** What is no larger than this, most subscribers take; to others it is told as dropped. */
const mostText = limits.messageBytes.default - 1024;

function checkSize({ json = '', parts }: Pick<EventContent, 'json' | 'parts'>): void {
  const bytes = parts.reduce((sum, { data }) => sum + data.length, 0);
  if (fits(json, mostText) && bytes <= limits.valueBytes.default) return;
  throw new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: 'The event is larger than subscribers accept' });
}

function invalid(issues: ConstructorParameters<typeof StandardSchemaV1Error>[0]): TRPCError {
  const cause = new StandardSchemaV1Error(issues);
  return new TRPCError({ code: 'BAD_REQUEST', message: `The event is invalid: ${cause.message}`, cause });
}
