import type {
  Detached,
  Found,
  Payload,
  StreamElement,
  StreamReader,
  StreamSource,
  ValueStream,
} from '@hawser/core';
import { attach, closeSources, detach, HawserError, IncomingStream, iterate } from '@hawser/core';
import type { AnyTRPCRouter, TRPCCombinedDataTransformer, TRPCDataTransformer } from '@trpc/server';
import { messageOf } from './message-of.js';

/** For a router that has a transformer: the same one. */
export interface WithTransformer {
  readonly transformer: TRPCDataTransformer | TRPCCombinedDataTransformer;
}

/** For a router that has none. */
export interface WithoutTransformer {
  readonly transformer?: undefined;
}

export type TransformerOption<Router extends AnyTRPCRouter> =
  Router['_def']['_config']['$types']['transformer'] extends false ? WithoutTransformer : WithTransformer;

/** The client's half of a transformer, and what passes it by: bytes, streams and `undefined`. */
export class Translation {
  readonly #serialize: (value: unknown) => unknown;
  readonly #deserialize: (value: unknown) => unknown;

  constructor(options: WithTransformer | WithoutTransformer | undefined) {
    const transformer = options?.transformer;
    const { input, output } =
      transformer && 'input' in transformer ? transformer : { input: transformer, output: transformer };
    this.#serialize = (value) => (input && value !== undefined ? input.serialize(value) : value);
    this.#deserialize = (data) => (output && data !== undefined ? output.deserialize(data) : data);
  }

  /** A promise if a Blob has to be read. Throws, or rejects with, what the transformer or `JSON.stringify` throws. */
  encode(input: unknown): Payload | Promise<Payload> {
    const detached = detach(input, { streams: true, copy: false });
    if (detached === undefined) return { json: this.#json(input) };
    const encode = (it: Detached): Payload => {
      const streams: ValueStream[] = [];
      try {
        for (const stream of it.streams) streams.push(this.#outgoing(stream));
        const sections = it.sections.length > 0 ? it.sections : undefined;
        return { json: this.#json(it.value), sections, streams: streams.length > 0 ? streams : undefined };
      } catch (cause) {
        closeSources(streams);
        throw cause;
      }
    };
    return detached instanceof Promise ? detached.then(encode) : encode(detached);
  }

  /** What came, with its bytes and streams at their places. */
  decode(data: unknown, found: readonly Found[] = []): unknown {
    const value = this.#deserialize(data);
    return found.length === 0 ? value : attach(value, found);
  }

  /** Makes the streams that were found readable. */
  readStreams(found: readonly Found[], errors: Pick<StreamReader, 'error' | 'fault'>): void {
    const item = (data: unknown, inside: readonly Found[]): unknown => {
      try {
        return this.decode(data, inside);
      } catch (cause) {
        throw errors.fault(new HawserError('unreadable', 'unknown', undefined, cause));
      }
    };
    for (const { value } of found) if (value instanceof IncomingStream) value.read({ ...errors, item });
  }

  #json(value: unknown): string | undefined {
    return JSON.stringify(this.#serialize(value));
  }

  #outgoing({ path, source }: Detached['streams'][number]): ValueStream {
    return {
      path,
      iterator: iterate(source as StreamSource<unknown>),
      toItem: (value) => this.#toItem(value),
      fail: (failure) => JSON.stringify({ message: messageOf(failure) }),
    };
  }

  #toItem(value: unknown): StreamElement | Promise<StreamElement> {
    const detached = detach(value, { streams: false, copy: true });
    if (detached === undefined) return { data: this.#serialize(value), event: undefined };
    const itemOf = (it: Detached): StreamElement => ({
      data: this.#serialize(it.value),
      event: undefined,
      sections: it.sections,
    });
    return detached instanceof Promise ? detached.then(itemOf) : itemOf(detached);
  }
}
