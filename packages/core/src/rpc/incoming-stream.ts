import type { Found } from './attachments.js';
import type { StreamEntry, StreamOrigin } from './stream-intake.js';
import { StreamIntake } from './stream-intake.js';

/** How whoever got a value makes sense of a stream in it. */
export interface StreamReader {
  /** What an item is. May throw: then the stream ends with that. */
  item(data: unknown, found: readonly Found[]): unknown;
  /** The error that its sender told as an error shape. */
  error(shape: unknown): unknown;
  /** The error for what this end found: the call was given up, or the session lost. */
  fault(cause: unknown): unknown;
}

/** The way back to a stream's sender. */
export interface IncomingStreamLine extends StreamOrigin {
  cancel(): void;
}

interface Waiter {
  resolve(result: IteratorResult<unknown, void>): void;
  reject(error: unknown): void;
}

const raw: StreamReader = { item: (data) => data, error: (shape) => shape, fault: (cause) => cause };
const done: IteratorResult<unknown, void> = { done: true, value: undefined };

/** A stream that came inside a value: an async iterable, to be iterated once. Its sender waits until items are taken. */
export class IncomingStream implements AsyncIterableIterator<unknown, void, undefined> {
  readonly #line: IncomingStreamLine;
  readonly #intake = new StreamIntake();
  #reader = raw;
  /** Calls of `next` that wait, oldest first. */
  #waiting: Waiter[] = [];
  /** Nothing more is given to whoever iterates, but for this. */
  #over = false;
  #iterated = false;
  #failure: { readonly cause: unknown } | undefined;

  constructor(line: IncomingStreamLine) {
    this.#line = line;
    this.#intake.bind(line);
  }

  /** Says what its items mean, before one is taken. */
  read(reader: StreamReader): void {
    this.#reader = reader;
  }

  [Symbol.asyncIterator](): this {
    // A second loop would find nothing, and take that for all there was.
    if (this.#iterated) throw new Error('A stream can be iterated once');
    this.#iterated = true;
    return this;
  }

  next(): Promise<IteratorResult<unknown, void>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#settle();
    });
  }

  /** Cancels the stream at its sender, unless that is done with it. */
  return(): Promise<IteratorResult<unknown, void>> {
    if (!this.#over) this.#line.cancel();
    this.#end();
    return Promise.resolve(done);
  }

  /** Whether something has arrived that nobody has taken. */
  get pending(): boolean {
    return this.#intake.size > 0;
  }

  /** Answers whether the sender kept to its window. */
  push(data: unknown, found: readonly Found[]): boolean {
    if (this.#over) return true;
    const kept = this.#intake.pushItem(data, undefined, found);
    this.#settle();
    return kept;
  }

  /** Its sender has come to an end; with an error shape if it failed. */
  finish(failure: { readonly shape: unknown } | undefined): void {
    this.#intake.push({ kind: 'over', end: failure ? { kind: 'error', ...failure } : { kind: 'ended' } });
    this.#settle();
  }

  /** Nothing more is to be had of it, not even what has arrived: whoever iterates is told why, once. */
  fail(cause: unknown): void {
    if (this.#over) return;
    this.#failure = { cause: this.#reader.fault(cause) };
    this.#end();
  }

  #settle(): void {
    while (this.#waiting.length > 0 && !this.#over) {
      const entry = this.#intake.take();
      if (entry === undefined) return;
      this.#give(entry);
    }
    if (this.#over) this.#end();
  }

  #give(entry: StreamEntry): void {
    if (entry.kind === 'item') return this.#giveItem(entry);
    if (entry.kind !== 'over') return;
    if (entry.end.kind === 'error') this.#failure = { cause: this.#reader.error(entry.end.shape) };
    this.#end();
  }

  #giveItem(entry: StreamEntry & { kind: 'item' }): void {
    let value: unknown;
    try {
      value = this.#reader.item(entry.data, entry.found);
    } catch (cause) {
      this.#line.cancel();
      this.#failure = { cause };
      return this.#end();
    }
    this.#intake.consumed(entry);
    this.#waiting.shift()?.resolve({ done: false, value });
  }

  #end(): void {
    this.#over = true;
    this.#intake.clear();
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure) reject(failure.cause);
      else resolve(done);
    }
  }
}
