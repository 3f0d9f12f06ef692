/** What may be sent as a stream: generators, Node streams, web streams, whatever else is async iterable. */
export type StreamSource<T> = AsyncIterable<T> | WebStream<T>;

/** As much of a `ReadableStream` as it takes to read one. */
export interface WebStream<T> {
  getReader(): WebStreamReader<T>;
}

interface WebStreamReader<T> {
  read(): Promise<{ readonly done: boolean; readonly value?: T | undefined }>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}

/** Whether a value is sent as a stream. A `Blob` is not: it is bytes. */
export function isStream(value: unknown): value is StreamSource<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { getReader, [Symbol.asyncIterator]: iterator } = value as Partial<WebStream<unknown>> &
    Partial<AsyncIterable<unknown>>;
  return typeof getReader === 'function' || typeof iterator === 'function';
}

/**
 * Begins to read a source. Giving up with `return` reaches the source at most once, and never after it has come to
 * its end or has failed.
 */
export function iterate<T>(source: StreamSource<T>): AsyncIterator<T, unknown, undefined> {
  return new Reading(
    isWebStream(source) ? new ReaderItems(source.getReader()) : source[Symbol.asyncIterator](),
  );
}

/** Lets go of streams that nobody is going to read. */
export function closeSources(streams: readonly { readonly iterator: AsyncIterator<unknown> }[] = []): void {
  for (const { iterator } of streams) {
    try {
      iterator.return?.().then(undefined, () => {});
    } catch {
      // Whoever made it wants to hear of its end, not to be heard about it.
    }
  }
}

/**
 * Web streams are read by a reader even where they are async iterable, which Safari's are not: cancelling a reader
 * ends a read that waits, while the iterator's `return` waits for it.
 */
function isWebStream<T>(source: StreamSource<T>): source is WebStream<T> {
  return 'getReader' in source && typeof source.getReader === 'function';
}

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

class Reading<T> implements AsyncIterator<T, unknown, undefined> {
  readonly #items: AsyncIterator<T, unknown, undefined>;
  #over = false;

  constructor(items: AsyncIterator<T, unknown, undefined>) {
    this.#items = items;
  }

  async next(): Promise<IteratorResult<T, unknown>> {
    if (this.#over) return end;
    try {
      const step = await this.#items.next();
      if (step.done) this.#over = true;
      return step;
    } catch (error) {
      this.#over = true;
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T, unknown>> {
    if (this.#over) return end;
    this.#over = true;
    await this.#items.return?.();
    return end;
  }
}

class ReaderItems<T> implements AsyncIterator<T, undefined, undefined> {
  readonly #reader: WebStreamReader<T>;

  constructor(reader: WebStreamReader<T>) {
    this.#reader = reader;
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    let step: Awaited<ReturnType<WebStreamReader<T>['read']>>;
    try {
      step = await this.#reader.read();
    } catch (error) {
      this.#reader.releaseLock();
      throw error;
    }
    if (!step.done) return { done: false, value: step.value as T };
    this.#reader.releaseLock();
    return end;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    try {
      await this.#reader.cancel();
    } finally {
      this.#reader.releaseLock();
    }
    return end;
  }
}
