import type { Found, ResultReply, ValueStream } from '@hawser/core';
import { attach, detach, iterate, ServingError } from '@hawser/core';
import { StrandSource } from './strand-source.ts';

/** Makes a value ready to leave. Its bytes are worthless afterwards, as those of a user who goes on with his memory. */
export function encoded(value: object): Omit<ResultReply, 'kind'> {
  const detached = detach(value, { streams: true, copy: false });
  if (detached === undefined) return { data: value };
  if (detached instanceof Promise) throw new TypeError('There are no Blobs here');
  spoil(value);
  const { sections, streams } = detached;
  return {
    data: detached.value,
    sections: sections.length > 0 ? sections : undefined,
    streams: streams.length > 0 ? streams.map(({ path, source }) => streamOf(path, source)) : undefined,
  };
}

/** Likewise for an item. */
export function encodedItem(value: object): Pick<ResultReply, 'data' | 'sections'> {
  const detached = detach(value, { streams: false, copy: true });
  if (detached === undefined) return { data: value };
  if (detached instanceof Promise) throw new TypeError('There are no Blobs here');
  spoil(value);
  return { data: detached.value, sections: detached.sections };
}

/** What arrived, with its bytes and streams at their places. */
export function decoded(data: unknown, found: readonly Found[]): unknown {
  return found.length === 0 ? data : attach(data, found);
}

/** Bytes of an odd length come as a buffer. */
export function asEither(bytes: Uint8Array): unknown {
  return bytes.length % 2 === 0 ? bytes : bytes.buffer;
}

function streamOf(path: ValueStream['path'], source: object): ValueStream {
  if (!(source instanceof StrandSource)) throw new TypeError('There is another stream in the value');
  return {
    path,
    iterator: iterate(source),
    toItem: (value) => ({ ...encodedItem(value as object), event: undefined }),
    fail: shapeOfFailure,
  };
}

/** The JSON of an error shape. */
export function shapeOfFailure(failure: unknown): string {
  if (failure instanceof ServingError) return shapeOf(failure.message, failure.code);
  return shapeOf(failure instanceof Error ? failure.message : String(failure), 'INTERNAL_SERVER_ERROR');
}

export function shapeOf(message: string, code: string): string {
  return JSON.stringify({ message, code: -32603, data: { code } });
}

function spoil(value: unknown): void {
  if (value instanceof ArrayBuffer) new Uint8Array(value).fill(0);
  else if (value instanceof Uint8Array) value.fill(0);
  else if (typeof value === 'object' && value !== null && !(value instanceof StrandSource)) {
    for (const child of Object.values(value)) spoil(child);
  }
}
