import { TRPCError } from '@trpc/server';
import type { StreamSource } from '../rpc/stream-source.js';
import { iterate } from '../rpc/stream-source.js';
import { Fifo } from '../session/fifo.js';
import { positionOf } from './position.js';

/**
 * What a buffer does with an item that finds it full:
 *
 * - `wait`: no further item is asked for until there is room. It reads ahead, and drops nothing.
 * - `drop-oldest`: the item that has waited longest is dropped.
 * - `error`: the source is given up. What waits is still given, and then a `TOO_MANY_REQUESTS` is thrown.
 * - `latest`: an item takes the place of the one that waits under the same key, full or not. A key that is new to a
 *   full buffer drops the item that has waited longest. Keys change the order of items: do not track these, or whoever
 *   continues after the last one seen may miss one that came before it.
 */
export type BufferOptions<T> =
  | {
      /** How many items may wait, at least 1. */
      readonly limit: number;
      readonly overflow: 'wait' | 'drop-oldest' | 'error';
    }
  | {
      /** How many items may wait, at least 1. */
      readonly limit: number;
      readonly overflow: 'latest';
      /**
       * What an item is the latest of: the symbol of a price, for instance. Of a tracked event it gets the event as
       * `tracked` made it. Without it there is one key for all.
       */
      readonly key?: (item: T) => unknown;
    };

/**
 * Reads a source that cannot wait, such as a market feed or tRPC's `on(emitter)`, which queues without bound while its
 * consumer is slow. From the first item asked for on, it takes from the source whatever comes, and lets at most
 * `limit` items wait.
 *
 * ```ts
 * t.procedure.subscription(({ signal }) =>
 *   buffer(prices(signal), { limit: 1000, overflow: 'latest', key: (price) => price.symbol }));
 * ```
 *
 * Before the first item after those that were dropped or replaced it yields a mark that says how many there were;
 * subscribers are told of it as a gap. A handler that loops over a buffer instead of returning it meets these marks:
 * it should yield them as they are, and knows them by `droppedOf`.
 *
 * Tracked events and positions pass as they are. Positions take a place like items, but none is reported as dropped.
 * A failure of the source is thrown after what waits. Throws a `RangeError` for a limit that is none.
 *
 * Not for a source that always has another item at once: nothing would make it stop, and nobody else would run.
 */
export function buffer<T>(
  source: StreamSource<T>,
  options: BufferOptions<T>,
): AsyncIterableIterator<T, undefined, undefined> {
  const { limit } = options;
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(`limit must be a whole number of at least 1, not ${limit}`);
  }
  return new Buffered(source, options);
}

const mark: unique symbol = Symbol.for('hawser.dropped');

interface Dropped {
  readonly [mark]: number;
}

/** Yielded by a subscription, it tells subscribers that so many items are missing here. */
// As with `position`, no caller ever sees it.
export function dropped(count: number): never {
  const value: Dropped = { [mark]: count };
  return value as never;
}

/** How many items are missing at a yielded value, if it is the mark that says so. */
export function droppedOf(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<Dropped>)[mark] : undefined;
}

/** Whether something is read through a buffer already. */
export function isBuffered(source: object): boolean {
  return source instanceof Buffered;
}

/** An item that waits; under a key another may take its place. */
interface Place<T> {
  item: T;
  readonly key: unknown;
}

/** What waits in a buffer, and what was dropped of it. */
class Waiting<T> {
  readonly #limit: number;
  readonly #overflow: BufferOptions<T>['overflow'];
  readonly #keyOf: ((item: T) => unknown) | undefined;
  readonly #places = new Fifo<Place<T>>();
  readonly #byKey = new Map<unknown, Place<T>>();
  /** Not yet told. */
  #dropped = 0;

  constructor(options: BufferOptions<T>) {
    this.#limit = options.limit;
    this.#overflow = options.overflow;
    if (options.overflow === 'latest') this.#keyOf = keyOrPosition(options.key);
  }

  /** Whether the source has to wait. */
  get held(): boolean {
    return this.#overflow === 'wait' && this.#places.size >= this.#limit;
  }

  /** Throws when the buffer is full and may not drop. */
  put(item: T): void {
    const missing = droppedOf(item);
    if (missing !== undefined) this.#dropped += missing;
    else if (this.#keyOf) this.#putLatest(item, this.#keyOf(item));
    else this.#append({ item, key: undefined });
  }

  #putLatest(item: T, key: unknown): void {
    let place = this.#byKey.get(key);
    if (place) {
      this.#drop(place.item);
      place.item = item;
      return;
    }
    place = { item, key };
    this.#append(place);
    this.#byKey.set(key, place);
  }

  #append(place: Place<T>): void {
    if (this.#places.size >= this.#limit) {
      if (this.#overflow === 'error') throw fellBehind(this.#limit);
      this.#drop((this.#shift() as Place<T>).item);
    }
    this.#places.push(place);
  }

  #drop(item: T): void {
    if (positionOf(item) === undefined) this.#dropped++;
  }

  /** The next item, or the mark that goes before it. */
  take(): { readonly item: T } | undefined {
    return this.#takeMark() ?? this.#shift();
  }

  #takeMark(): { readonly item: T } | undefined {
    if (this.#dropped === 0) return undefined;
    const item = dropped(this.#dropped);
    this.#dropped = 0;
    return { item };
  }

  #shift(): Place<T> | undefined {
    const place = this.#places.shift();
    if (place) this.#byKey.delete(place.key);
    return place;
  }

  clear(): void {
    this.#places.clear();
    this.#byKey.clear();
    this.#dropped = 0;
  }
}

const positionKey = Symbol('position');

/** Positions are replaced by positions alone, and no key is asked of them. */
function keyOrPosition<T>(key: ((item: T) => unknown) | undefined): (item: T) => unknown {
  return (item) => (positionOf(item) === undefined ? key?.(item) : positionKey);
}

function fellBehind(limit: number): TRPCError {
  return new TRPCError({
    code: 'TOO_MANY_REQUESTS',
    message: `The stream was not taken fast enough: more than ${limit} items waited`,
  });
}

interface Taker<T> {
  readonly resolve: (step: IteratorResult<T, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

type State =
  | { readonly kind: 'idle' | 'reading' }
  /** Nothing more is read; what waits may still be taken. */
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly error: unknown };

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

class Buffered<T> implements AsyncIterableIterator<T, undefined, undefined> {
  readonly #source: StreamSource<T>;
  readonly #waiting: Waiting<T>;
  readonly #takers = new Fifo<Taker<T>>();
  #items: AsyncIterator<T, unknown, undefined> | undefined;
  #state: State = { kind: 'idle' };
  /** Lets the reading go on that waits for room. */
  #go: (() => void) | undefined;

  constructor(source: StreamSource<T>, options: BufferOptions<T>) {
    this.#source = source;
    this.#waiting = new Waiting(options);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      this.#takers.push({ resolve, reject });
      if (this.#state.kind === 'idle') this.#read();
      this.#serve();
    });
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    if (this.#state.kind === 'idle') this.#items = iterate(this.#source);
    this.#waiting.clear();
    this.#finish({ kind: 'ended' });
    await this.#items?.return?.();
    return end;
  }

  #read(): void {
    this.#state = { kind: 'reading' };
    this.#readAll().then(
      () => this.#finish({ kind: 'ended' }),
      (error) => {
        this.#finish({ kind: 'failed', error });
        // Nobody waits for it, and the first failure is the one to tell.
        this.#items?.return?.().catch(() => {});
      },
    );
  }

  async #readAll(): Promise<void> {
    const items = iterate(this.#source);
    this.#items = items;
    for (let step = await items.next(); !step.done; step = await items.next()) {
      if (this.#state.kind !== 'reading') return;
      this.#waiting.put(step.value);
      this.#serve();
      while (this.#waiting.held) await this.#room();
    }
  }

  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#go = resolve;
    });
  }

  #finish(state: State): void {
    if (this.#state.kind !== 'ended') this.#state = state;
    this.#serve();
  }

  #serve(): void {
    for (let taker = this.#takers.peek(); taker; taker = this.#takers.peek()) {
      if (!this.#answer(taker)) return;
      this.#takers.shift();
    }
  }

  /** Whether there was an answer. */
  #answer({ resolve, reject }: Taker<T>): boolean {
    const state = this.#state;
    const taken = this.#waiting.take();
    if (taken) {
      resolve({ done: false, value: taken.item });
      this.#go?.();
      return true;
    }
    if (state.kind === 'reading') return false;
    if (state.kind === 'failed') reject(state.error);
    else resolve(end);
    this.#state = { kind: 'ended' };
    return true;
  }
}
