import { TRPCError } from '@trpc/server';
import type { InputOf, OutputOf, StandardSchema } from '../trpc/standard-schema.js';
import type { ChannelOptions, SubscribeToChannelOptions } from './channel.js';
import { boundsOf, Channel } from './channel.js';
import type { ChannelTransformer } from './channel-codec.js';
import type { ChannelSubscription, Presenter } from './channel-subscription.js';
import { newEpoch } from './epoch.js';
import { MemoryLog } from './memory-log.js';
import { Presence } from './presence.js';

/** What is said of somebody who is there; for channels without a presence, nobody is. */
export type MetaOf<Meta extends StandardSchema | undefined> = Meta extends StandardSchema
  ? { readonly id: string; readonly meta: InputOf<Meta> }
  : never;

export interface ChannelsOptions<Schema extends StandardSchema, Meta extends StandardSchema | undefined>
  extends Omit<ChannelOptions<Schema>, 'log'> {
  /** What is known of those who are there: a synchronous schema. With it, each channel has a presence. */
  readonly presence?: Meta;
  /** Channels at a time, default 10,000. */
  readonly limit?: number | undefined;
  /** Characters and bytes that all of them keep, default 64 MiB; beyond it those that nobody is in are forgotten. */
  readonly totalBytes?: number | undefined;
}

export interface SubscribeToRoomOptions<
  Schema extends StandardSchema,
  Meta extends StandardSchema | undefined,
> extends SubscribeToChannelOptions<Schema> {
  /** Is there for as long as the subscription is read, dropped and resumed sockets included. */
  readonly present?: MetaOf<Meta> | undefined;
}

/** One of many channels. */
export interface KeyedChannel<Schema extends StandardSchema, Meta extends StandardSchema | undefined> {
  readonly key: string;
  /** Who is there. */
  readonly presence: Meta extends StandardSchema ? Presence<Meta> : undefined;
  /** Subscriptions that are read. */
  readonly subscribers: number;
  /** As `Channel` does. */
  publish(event: InputOf<Schema>): Promise<string>;
  /** As `Channel` does. Throws a `TypeError` for a `present` that the schema refuses, once it is read. */
  subscribe(options?: SubscribeToRoomOptions<Schema, Meta>): ChannelSubscription<OutputOf<Schema>>;
}

const defaultLimit = 10_000;
const defaultTotalBytes = 67_108_864;

/**
 * Channels by key, made when they are first asked for. One that nobody is in, neither subscribed nor present, is kept
 * for those who come back, until the limits need its place: the one that was asked for longest ago goes first. Whoever
 * holds on to such a channel should ask for it again: what went is not the one that comes under its key.
 */
export class Channels<Schema extends StandardSchema, Meta extends StandardSchema | undefined = undefined> {
  readonly #options: ChannelsOptions<Schema, Meta>;
  readonly #limit: number;
  readonly #totalBytes: number;
  readonly #rooms = new Map<string, Room<Schema, Meta>>();
  /** Those that nobody is in, in the order in which they were left, or asked for last. */
  readonly #vacant = new Map<string, Room<Schema, Meta>>();
  #bytes = 0;

  /** Throws a `RangeError` for bounds that are none. */
  constructor(options: ChannelsOptions<Schema, Meta>) {
    const { limit = defaultLimit, totalBytes = defaultTotalBytes } = options;
    if (!(limit >= 1)) throw new RangeError(`limit must be at least 1, not ${limit}`);
    if (!(totalBytes >= 0)) throw new RangeError(`totalBytes must not be negative, as is ${totalBytes}`);
    this.#options = options;
    this.#limit = limit;
    this.#totalBytes = totalBytes;
    boundsOf(options.keep);
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** The channel of that key. Throws a `TOO_MANY_REQUESTS` when there are too many that somebody is in. */
  at(key: string): KeyedChannel<Schema, Meta> {
    const room = this.#rooms.get(key) ?? this.#open(key);
    this.#rooms.set(key, room);
    // Last in its order again.
    this.#vacant.delete(key);
    if (!room.used) this.#vacant.set(key, room);
    return room;
  }

  /** Ends all subscriptions, and forgets all channels. */
  close(): void {
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    this.#vacant.clear();
  }

  #open(key: string): Room<Schema, Meta> {
    if (this.#rooms.size >= this.#limit && !this.#forgetOne(undefined)) {
      throw new TRPCError({ code: 'TOO_MANY_REQUESTS', message: 'There are too many channels' });
    }
    const { presence, limit, totalBytes, ...options } = this.#options;
    const log = new MemoryLog(newEpoch(), boundsOf(options.keep), (bytes) => this.#grow(key, bytes));
    const room: Room<Schema, Meta> = new Room(key, new Channel({ ...options, log }), {
      meta: presence,
      transformer: options.transformer,
      grown: (bytes) => this.#grow(key, bytes),
      taken: () => this.#vacant.delete(key),
      vacated: () => {
        if (this.#rooms.get(key) === room) this.#vacant.set(key, room);
      },
    });
    return room;
  }

  #grow(key: string, bytes: number): void {
    this.#bytes += bytes;
    while (bytes > 0 && this.#bytes > this.#totalBytes && this.#forgetOne(key));
  }

  /** Forgets the channel that nobody is in and that was asked for longest ago, but for one. Answers whether there was. */
  #forgetOne(spared: string | undefined): boolean {
    for (const [key, room] of this.#vacant) {
      if (key === spared) continue;
      this.#vacant.delete(key);
      this.#rooms.delete(key);
      room.close();
      return true;
    }
    return false;
  }
}

interface RoomOptions {
  /** With it, the room has a presence. */
  readonly meta: StandardSchema | undefined;
  readonly transformer: ChannelTransformer | undefined;
  readonly grown: (bytes: number) => void;
  /** Somebody is in it again; nobody is any more. */
  readonly taken: () => void;
  readonly vacated: () => void;
}

class Room<Schema extends StandardSchema, Meta extends StandardSchema | undefined>
  implements KeyedChannel<Schema, Meta>
{
  readonly key: string;
  readonly presence: KeyedChannel<Schema, Meta>['presence'];
  readonly #channel: Channel<Schema>;
  readonly #presence: Presence<StandardSchema> | undefined;
  readonly #options: RoomOptions;
  /** Subscriptions and members. */
  #uses = 0;

  constructor(key: string, channel: Channel<Schema>, options: RoomOptions) {
    const { meta, transformer, grown } = options;
    this.key = key;
    this.#channel = channel;
    this.#options = options;
    this.#presence = meta && new Presence({ meta, transformer, grown, present: () => this.#enter() });
    this.presence = this.#presence as KeyedChannel<Schema, Meta>['presence'];
  }

  get subscribers(): number {
    return this.#channel.subscribers;
  }

  /** Whether anybody would notice that it is gone. */
  get used(): boolean {
    return this.#uses > 0;
  }

  publish(event: InputOf<Schema>): Promise<string> {
    return this.#channel.publish(event);
  }

  subscribe(options: SubscribeToRoomOptions<Schema, Meta> = {}): ChannelSubscription<OutputOf<Schema>> {
    const { present, ...rest } = options;
    return this.#channel.subscribeAs(rest, this.#presenter(present));
  }

  close(): void {
    this.#channel.close();
    this.#presence?.close();
  }

  #presenter(member: { readonly id: string; readonly meta: unknown } | undefined): Presenter {
    const presence = this.#presence;
    if (member === undefined) return () => this.#enter();
    if (presence === undefined) throw new TypeError('These channels have no `presence`');
    return () => {
      const absent = presence.enter(member.id, member.meta);
      const leave = this.#enter();
      return () => {
        absent();
        leave();
      };
    };
  }

  #enter(): () => void {
    if (this.#uses++ === 0) this.#options.taken();
    return () => {
      if (--this.#uses === 0) this.#options.vacated();
    };
  }
}
