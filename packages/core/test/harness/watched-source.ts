import { Gate } from './gate.ts';

/** What a source does when its items are through: it ends, fails with that, or waits until it is given up. */
export type SourceEnd = 'ends' | 'waits' | Error;

/** A source of a stream that counts what is done to it. */
export class WatchedSource implements AsyncIterableIterator<unknown> {
  /** Items that were taken. */
  pulled = 0;
  /** How often somebody gave it up. */
  returns = 0;
  /** How often it came to an end, of itself or because it was given up. Once is right. */
  endings = 0;
  readonly #items: Iterator<unknown>;
  readonly #then: SourceEnd;
  readonly #givenUp = new Gate<IteratorReturnResult<undefined>>();

  constructor(items: Iterable<unknown>, then: SourceEnd = 'ends') {
    this.#items = items[Symbol.iterator]();
    this.#then = then;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    const { done, value } = this.#items.next();
    if (!done) {
      this.pulled++;
      return Promise.resolve({ done: false, value });
    }
    if (this.#then === 'waits') return this.#givenUp.promise;
    this.endings++;
    return this.#then === 'ends' ? Promise.resolve(over) : Promise.reject(this.#then);
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.returns++;
    this.endings++;
    this.#givenUp.open(over);
    return Promise.resolve(over);
  }
}

const over: IteratorReturnResult<undefined> = { done: true, value: undefined };
