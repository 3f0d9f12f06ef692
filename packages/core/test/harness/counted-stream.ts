/** A stream that counts what is asked of it. */
export class CountedStream implements AsyncIterableIterator<unknown> {
  /** How often an item was asked for. */
  pulled = 0;
  /** Whether the consumer gave it up. */
  returned = false;
  readonly #items: Iterator<unknown>;

  constructor(items: Iterable<unknown>) {
    this.#items = items[Symbol.iterator]();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<unknown>> {
    if (this.returned) return Promise.resolve({ done: true, value: undefined });
    const result = this.#items.next();
    if (!result.done) this.pulled++;
    return Promise.resolve(result);
  }

  return(): Promise<IteratorResult<unknown>> {
    this.returned = true;
    return Promise.resolve({ done: true, value: undefined });
  }
}

/** The numbers from 0, of which there are so many, each made by `item`. */
export function* upTo(count: number, item: (n: number) => unknown = (n) => n): Iterable<unknown> {
  for (let n = 0; n < count; n++) yield item(n);
}
