import type { InputOf, OutputOf, StandardSchema } from '../trpc/standard-schema.js';
import { Channel } from './channel.js';
import type { ChannelTransformer } from './channel-codec.js';
import { ChannelCodec } from './channel-codec.js';
import type { ChannelSubscription, Presenter } from './channel-subscription.js';
import { newEpoch } from './epoch.js';
import type { MemoryLogBounds } from './memory-log.js';
import { MemoryLog } from './memory-log.js';

/** Somebody who is there. */
export interface Member<Meta> {
  readonly id: string;
  readonly meta: Meta;
}

/** What subscribers of a presence get: who is here, first and whenever they may have missed something; then changes. */
export type PresenceEvent<Meta> =
  | { readonly type: 'here'; readonly members: readonly Member<Meta>[] }
  | { readonly type: 'join'; readonly id: string; readonly meta: Meta }
  | { readonly type: 'update'; readonly id: string; readonly meta: Meta }
  | { readonly type: 'leave'; readonly id: string };

/** Changes that are kept for those who come back. */
const keptChanges: MemoryLogBounds = { events: 256, bytes: 65_536 };

interface Entry<Meta> {
  meta: Meta;
  /** As it is written: tells whether another is another. */
  text: string | undefined;
  /** How often it entered and has not left. */
  times: number;
}

export interface PresenceOptions<Schema extends StandardSchema> {
  /** What is known of a member. Has to be synchronous. */
  readonly meta: Schema;
  /** For a router that has one: the same. */
  readonly transformer?: ChannelTransformer | undefined;
  /** Told while somebody is here or subscribes. */
  readonly present?: Presenter | undefined;
  /** Told by how many characters its log grew. */
  readonly grown?: ((length: number) => void) | undefined;
}

/** Who is here, as the server knows: members enter and leave, however their sockets come and go. */
export class Presence<Schema extends StandardSchema> {
  readonly #schema: Schema;
  readonly #present: Presenter;
  readonly #codec: ChannelCodec;
  readonly #entries = new Map<string, Entry<OutputOf<Schema>>>();
  readonly #changes: Channel<StandardSchema<PresenceEvent<OutputOf<Schema>>>>;

  constructor({ meta, transformer, grown, present = nobody }: PresenceOptions<Schema>) {
    this.#present = present;
    this.#schema = meta;
    this.#codec = new ChannelCodec(transformer);
    const log = new MemoryLog(newEpoch(), keptChanges, grown);
    this.#changes = new Channel({ event: anything(), transformer, log });
  }

  /** A copy: who is here now. */
  get members(): ReadonlyMap<string, OutputOf<Schema>> {
    return new Map([...this.#entries].map(([id, { meta }]) => [id, meta]));
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Those who are told of changes. */
  get subscribers(): number {
    return this.#changes.subscribers;
  }

  /**
   * A member is here until the function that comes back is called; one that entered more than once, as with two tabs,
   * until each was. What it says of itself the last time holds. Throws a `TypeError` for what its schema refuses, and what
   * the transformer throws.
   */
  enter(id: string, meta: InputOf<Schema>): () => void {
    const valid = this.#valid(meta);
    const text = this.#codec.encode(valid);
    const entry = this.#entries.get(id);
    if (entry) this.#update(id, entry, { meta: valid, text });
    else {
      this.#entries.set(id, { meta: valid, text, times: 1 });
      this.#tell({ type: 'join', id, meta: valid });
    }
    const gone = this.#present();
    let here = true;
    return () => {
      if (!here) return;
      here = false;
      this.#leave(id);
      gone();
    };
  }

  /** For a procedure to return: who is here, then who comes, changes and goes. */
  subscribe(): ChannelSubscription<PresenceEvent<OutputOf<Schema>>> {
    return this.#changes.subscribeAs({ snapshot: () => this.#here() }, this.#present);
  }

  /** Ends its subscriptions. */
  close(): void {
    this.#changes.close();
  }

  #update(
    id: string,
    entry: Entry<OutputOf<Schema>>,
    { meta, text }: Pick<Entry<OutputOf<Schema>>, 'meta' | 'text'>,
  ): void {
    entry.times++;
    if (text === entry.text) return;
    entry.meta = meta;
    entry.text = text;
    this.#tell({ type: 'update', id, meta });
  }

  #leave(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || --entry.times > 0) return;
    this.#entries.delete(id);
    this.#tell({ type: 'leave', id });
  }

  #here(): PresenceEvent<OutputOf<Schema>> {
    const members = [...this.#entries].map(([id, { meta }]) => ({ id, meta }));
    return { type: 'here', members };
  }

  #tell(change: PresenceEvent<OutputOf<Schema>>): void {
    this.#changes.publish(change).catch(() => {});
  }

  #valid(meta: InputOf<Schema>): OutputOf<Schema> {
    const result = this.#schema['~standard'].validate(meta);
    if (result instanceof Promise) throw new TypeError('The schema of a presence has to be synchronous');
    if (result.issues) throw new TypeError(result.issues.map(({ message }) => message).join('; '));
    return result.value as OutputOf<Schema>;
  }
}

const nobody: Presenter = () => () => {};

/** What this module says itself needs no looking at. */
function anything<T>(): StandardSchema<T> {
  return { '~standard': { version: 1, vendor: 'hawser', validate: (value) => ({ value: value as T }) } };
}
