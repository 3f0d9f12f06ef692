import type { Gap, StreamEntry, Subscription } from '@hawser/core';
import type { SubscribeOptions } from './client.js';
import type { SubscriptionRequest } from './subscribe.js';
import { errorOf, itemOf, open } from './subscribe.js';

/** A subscription as an async iterable, to be iterated once. */
export class SubscriptionIterator implements AsyncIterableIterator<unknown, void, undefined> {
  readonly #request: SubscriptionRequest;
  readonly #options: SubscribeOptions;
  #subscription: Subscription | undefined;
  /** Calls of `next` that wait, oldest first. */
  #waiting: {
    resolve(result: IteratorResult<unknown, void>): void;
    reject(error: unknown): void;
  }[] = [];
  #iterated = false;
  #over = false;

  constructor(request: SubscriptionRequest, options: SubscribeOptions) {
    this.#request = request;
    this.#options = options;
  }

  [Symbol.asyncIterator](): this {
    if (this.#iterated)
      throw new Error('A subscription can be iterated once; subscribe again for another loop');
    this.#iterated = true;
    return this;
  }

  next(): Promise<IteratorResult<unknown, void>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (!this.#subscription && !this.#over) this.#open();
      this.#settle();
    });
  }

  /** Ends the subscription; before the first `next` nothing was ever sent. */
  return(): Promise<IteratorResult<unknown, void>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  #open(): void {
    const survivesGaps = this.#options.onGap !== undefined;
    this.#subscription = open(this.#request, { ...this.#options, survivesGaps }, () => this.#settle());
  }

  #settle(): void {
    while (this.#waiting.length > 0 && !this.#over) {
      const entry = this.#subscription?.take();
      if (entry === undefined) return;
      this.#give(entry);
    }
    if (this.#over) this.#end();
  }

  #give(entry: StreamEntry): void {
    switch (entry.kind) {
      case 'item':
        return this.#giveItem(entry);
      case 'gap':
        return this.#tellGap({ reason: entry.reason, count: entry.count });
      case 'over': {
        const error = errorOf(entry.end, this.#request.translation);
        if (error) this.#waiting.shift()?.reject(error);
        return this.#end();
      }
      case 'started':
        return;
      default:
        entry satisfies never;
    }
  }

  #giveItem(entry: StreamEntry & { kind: 'item' }): void {
    let value: unknown;
    try {
      value = itemOf(entry, this.#request.translation);
    } catch (cause) {
      return this.#subscription?.fail('unreadable', cause);
    }
    this.#subscription?.consumed(entry);
    this.#waiting.shift()?.resolve({ done: false, value });
  }

  #tellGap(gap: Gap): void {
    try {
      this.#options.onGap?.(gap);
    } catch (cause) {
      this.#subscription?.fail('callback', cause);
    }
  }

  #end(): void {
    if (!this.#over) this.#subscription?.leave();
    this.#over = true;
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }
}
