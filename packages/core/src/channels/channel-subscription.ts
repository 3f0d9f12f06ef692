import type { TrackedEnvelope } from '@trpc/server';
import { TRPCError, tracked } from '@trpc/server';
import { onAbort } from '../rpc/abort-listeners.js';
import type { Feed, SplicedItem, StreamGap, StreamPosition } from '../rpc/dispatch.js';
import type { FeedSource, OutputTransformer } from '../trpc/feed-source.js';
import { feedMark } from '../trpc/feed-source.js';
import { ChannelEvent } from './channel-event.js';
import type { ReadChannel, ReaderOptions } from './channel-reader.js';
import { ChannelReader } from './channel-reader.js';

/** Somebody who reads a channel. */
export interface Subscriber {
  /** There are new events. */
  wake(): void;
  /** There will be no more than there are. */
  end(): void;
}

export interface SubscribedChannel extends ReadChannel {
  /** Throws if the channel is closed. */
  enter(subscriber: Subscriber): void;
  leave(subscriber: Subscriber): void;
}

/** Told when the subscription begins to be read; gives what is to be told when it is not read any more. */
export type Presenter = () => () => void;

/** What `subscribe` gives: events as tracked envelopes, in order. A procedure returns it as it is. */
export class ChannelSubscription<T> implements AsyncIterable<TrackedEnvelope<T>, void, unknown>, FeedSource {
  readonly #channel: SubscribedChannel;
  readonly #options: ReaderOptions;
  readonly #present: Presenter;
  readonly #signal: AbortSignal | undefined;

  constructor(
    channel: SubscribedChannel,
    options: ReaderOptions,
    present: Presenter,
    signal: AbortSignal | undefined,
  ) {
    this.#channel = channel;
    this.#options = options;
    this.#present = present;
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): AsyncIterator<TrackedEnvelope<T>, void, unknown> {
    return new ChannelIterator(new Reading(this.#channel, this.#options, this.#present), this.#signal);
  }

  [feedMark](output: OutputTransformer, after: string | undefined): Feed {
    const options = after === undefined ? this.#options : { ...this.#options, after };
    return new ChannelFeed(this.#channel, options, this.#present, output);
  }
}

const noop = (): void => {};

type State = 'unread' | 'live' | 'ended' | 'over';

/** A subscription that is read. It enters its channel with the first `take`, and leaves it with `stop`. */
class Reading implements Subscriber {
  readonly #channel: SubscribedChannel;
  readonly #reader: ChannelReader;
  readonly #present: Presenter;
  #absent: (() => void) | undefined;
  #state: State = 'unread';
  /** Told when there may be something again. */
  wake: () => void = noop;

  constructor(channel: SubscribedChannel, options: ReaderOptions, present: Presenter) {
    this.#channel = channel;
    this.#reader = new ChannelReader(channel, options, () => this.wake());
    this.#present = present;
  }

  next(): ChannelEvent | StreamPosition | StreamGap | 'end' | undefined {
    if (this.#state === 'unread') this.#begin();
    if (this.#state === 'over') return 'end';
    const step = this.#reader.take();
    if (step) return step;
    return this.#state === 'ended' && !this.#reader.asking ? 'end' : undefined;
  }

  stop(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#channel.leave(this);
    this.#absent?.();
  }

  end(): void {
    if (this.#state === 'live') this.#state = 'ended';
    this.wake();
  }

  #begin(): void {
    this.#channel.enter(this);
    this.#state = 'live';
    this.#absent = this.#present();
  }
}

/** What a peer takes, as its router writes it. */
class ChannelFeed extends Reading implements Feed {
  readonly #output: OutputTransformer;

  constructor(
    channel: SubscribedChannel,
    options: ReaderOptions,
    present: Presenter,
    output: OutputTransformer,
  ) {
    super(channel, options, present);
    this.#output = output;
  }

  take(): SplicedItem | StreamPosition | StreamGap | 'end' | undefined {
    const step = this.next();
    return step instanceof ChannelEvent ? step.for(this.#output) : step;
  }
}

type Result<T> = IteratorResult<TrackedEnvelope<T>, void>;

interface Waiter<T> {
  readonly resolve: (result: Result<T>) => void;
  readonly reject: (error: unknown) => void;
}

/** For handlers that iterate a channel by hand. There is nobody to tell a gap to, so it is thrown. */
class ChannelIterator<T> implements AsyncIterator<TrackedEnvelope<T>, void, unknown> {
  readonly #reading: Reading;
  readonly #unlisten: (() => void) | undefined;
  #waiting: Waiter<T>[] = [];
  /** What is taken may publish, or ask for more: that comes after it. */
  #settling = false;
  #told = false;

  /** A generator around it cannot be left while it waits here, but by the signal. */
  constructor(reading: Reading, signal: AbortSignal | undefined) {
    this.#reading = reading;
    reading.wake = () => this.#settle();
    if (signal) this.#unlisten = onAbort(signal, () => this.#stop());
    if (signal?.aborted) reading.stop();
  }

  next(): Promise<Result<T>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#settle();
    });
  }

  return(): Promise<Result<T>> {
    this.#stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  #stop(): void {
    this.#unlisten?.();
    this.#reading.stop();
    this.#settle();
  }

  #settle(): void {
    this.#told = true;
    if (this.#settling) return;
    this.#settling = true;
    while (this.#told) {
      this.#told = false;
      this.#give();
    }
    this.#settling = false;
  }

  #give(): void {
    for (let waiter = this.#waiting[0]; waiter; waiter = this.#waiting[0]) {
      try {
        const result = this.#take();
        if (result === undefined) return;
        this.#waiting.shift();
        waiter.resolve(result);
      } catch (error) {
        this.#waiting.shift();
        waiter.reject(error);
        this.#stop();
      }
    }
  }

  #take(): Result<T> | undefined {
    for (;;) {
      const step = this.#reading.next();
      if (step === undefined) return undefined;
      if (step === 'end') {
        this.#unlisten?.();
        this.#reading.stop();
        return { done: true, value: undefined };
      }
      if (step instanceof ChannelEvent) return { done: false, value: tracked(step.id, step.value as T) };
      if ('gap' in step) {
        const message = `Events of the channel are missing (${step.gap})`;
        throw new TRPCError({ code: 'PRECONDITION_FAILED', message });
      }
    }
  }
}
