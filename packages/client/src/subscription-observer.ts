import type { StreamEntry, Subscription } from '@hawser/core';
import { hawserErrorOf } from '@hawser/core';
import type { ObserveOptions, Unsubscribable } from './client.js';
import type { ClientError } from './errors.js';
import type { SubscriptionRequest } from './subscribe.js';
import { errorOf, isAbort, itemOf, open } from './subscribe.js';

export interface ObserverOptions extends Omit<ObserveOptions<unknown, ClientError>, 'onData'> {
  /** `event` is a tracked event's id. A returned promise is waited for. */
  readonly onItem: (item: unknown, event: string | undefined) => unknown;
  /** Told what a callback threw that nobody else is told of, and an error that has no `onError`. */
  readonly report: (error: unknown) => void;
  readonly survivesGaps: boolean;
}

/** A subscription whose items are pushed into callbacks, one after the other. */
export class SubscriptionObserver implements Unsubscribable {
  readonly #request: SubscriptionRequest;
  readonly #options: ObserverOptions;
  readonly #subscription: Subscription;
  /** `busy` while a callback runs, or the promise that it gave is pending. */
  #state: 'ready' | 'busy' | 'over' = 'busy';

  constructor(request: SubscriptionRequest, options: ObserverOptions) {
    this.#request = request;
    this.#options = options;
    this.#subscription = open(request, options, () => this.#drain());
    // Nothing is told before the caller has the subscription in its hands.
    queueMicrotask(() => this.#resume());
  }

  unsubscribe(): void {
    this.#state = 'over';
    this.#subscription.leave();
  }

  #resume(): void {
    if (this.#state === 'busy') this.#state = 'ready';
    this.#drain();
  }

  #drain(): void {
    while (this.#state === 'ready') {
      const entry = this.#subscription.take();
      if (entry === undefined) return;
      this.#state = 'busy';
      if (entry.kind === 'item' && this.#giveItem(entry)) return;
      if (entry.kind !== 'item') this.#tell(entry);
      if (this.#state === 'busy') this.#state = 'ready';
    }
  }

  /** Answers whether the consumer asks to be waited for. */
  #giveItem(entry: StreamEntry & { kind: 'item' }): boolean {
    let item: unknown;
    try {
      item = itemOf(entry, this.#request.translation);
    } catch (cause) {
      this.#subscription.fail('unreadable', cause);
      return false;
    }
    try {
      const wait = this.#options.onItem(item, entry.event);
      if (!isPromise(wait)) {
        this.#subscription.consumed(entry);
        return false;
      }
      // A promise of the platform settles once, whatever the consumer's own does.
      Promise.resolve(wait).then(
        () => {
          this.#subscription.consumed(entry);
          this.#resume();
        },
        (cause: unknown) => this.#failed(cause),
      );
      return true;
    } catch (cause) {
      this.#subscription.fail('callback', cause);
      return false;
    }
  }

  #failed(cause: unknown): void {
    this.#subscription.fail('callback', cause);
    this.#resume();
  }

  #tell(entry: Exclude<StreamEntry, { kind: 'item' }>): void {
    const { onStarted, onGap } = this.#options;
    if (entry.kind === 'started') this.#run(() => onStarted?.());
    else if (entry.kind === 'gap') this.#run(() => onGap?.({ reason: entry.reason, count: entry.count }));
    else this.#finish(entry);
  }

  #finish(entry: StreamEntry & { kind: 'over' }): void {
    this.#state = 'over';
    if (isAbort(entry.end)) return;
    const { onError, onStopped, onComplete, report } = this.#options;
    const error = errorOf(entry.end, this.#request.translation);
    if (error && onError) return this.#run(() => onError(error));
    // Whoever closes the connection knows what that does to its subscriptions.
    if (error) return hawserErrorOf(error)?.code === 'closed' ? undefined : report(error);
    this.#run(() => onStopped?.());
    this.#run(() => onComplete?.());
  }

  #run(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#options.report(error);
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
