import type { Detached, Found } from '../../src/rpc/attachments.ts';
import { attach, detach } from '../../src/rpc/attachments.ts';
import type { Caller } from '../../src/rpc/connection.ts';
import type { StreamItem, ValueStream } from '../../src/rpc/dispatch.ts';
import type { HawserError } from '../../src/rpc/hawser-error.ts';
import { IncomingStream } from '../../src/rpc/incoming-stream.ts';
import type { CallSink, OutgoingCall } from '../../src/rpc/outgoing-call.ts';
import type { Progress } from '../../src/rpc/stream-pump.ts';
import type { StreamSource } from '../../src/rpc/stream-source.ts';
import { iterate } from '../../src/rpc/stream-source.ts';
import type { CallType } from '../../src/wire/message.ts';
import { present } from './present.ts';
import { inWords } from './reading.ts';
import type { CallOptions } from './recorded-call.ts';

export interface ValueCallOptions extends CallOptions {
  /** A query, if not said. */
  readonly type?: CallType;
  readonly progress?: (progress: Progress) => void;
}

/** A call whose input and answer may hold bytes and streams, as a client without a transformer makes it. */
export class ValueCall implements CallSink {
  readonly call: OutgoingCall;
  /** What its caller was told: `answered`, or why it was rejected. At most one word is right. */
  readonly told: string[] = [];
  /** The answer, with bytes and streams in their places. */
  value: unknown;
  #streams: readonly IncomingStream[] = [];

  constructor(caller: Caller, path: string, input?: unknown, options: ValueCallOptions = {}) {
    const { type = 'query', signal, timeoutMs, idempotent = false, progress } = options;
    const request = { ...encode(input), type, path, signal, timeoutMs, idempotent, progress };
    this.call = caller.call(request, this);
  }

  /** The first stream of the answer. */
  get stream(): IncomingStream {
    return this.streamAt(0);
  }

  streamAt(index: number): IncomingStream {
    return present(this.#streams[index], 'stream in the answer');
  }

  result(data: unknown, found: readonly Found[]): void {
    this.#streams = found.flatMap(({ value }) => (value instanceof IncomingStream ? [value] : []));
    for (const stream of this.#streams) stream.read(reader);
    this.value = attach(data, found);
    this.told.push('answered');
  }

  error(shape: unknown): void {
    this.told.push((shape as Error).message);
  }

  fault(fault: HawserError): void {
    this.told.push(inWords(fault));
  }

  end(): void {
    this.told.push('ended');
  }

  started(): void {}
  item(): void {}
  position(): void {}
  gap(): void {}
  restarted(): void {}

  restart(): 'stop' {
    return 'stop';
  }
}

const reader = {
  item: attach,
  error: (shape: unknown): unknown => new Error((shape as Error).message),
  fault: (cause: unknown): unknown => cause,
};

/** What `detach` found, of a value without Blobs. */
function taken(value: unknown, streams: boolean): Detached {
  const detached = detach(value, { streams, copy: true });
  if (detached instanceof Promise) throw new TypeError('These calls take no Blobs');
  return detached ?? { value, sections: [], streams: [] };
}

function encode(input: unknown) {
  const { value, sections, streams } = taken(input, true);
  const outgoing = streams.map(({ path, source }) => ({ ...sourceOf(source), path }));
  return {
    json: JSON.stringify(value) as string | undefined,
    sections: sections.length > 0 ? sections : undefined,
    streams: outgoing.length > 0 ? outgoing : undefined,
  };
}

function sourceOf(source: object): Omit<ValueStream, 'path'> {
  return {
    iterator: iterate(source as StreamSource<unknown>),
    toItem: (item): StreamItem => {
      const { value, sections } = taken(item, false);
      return { data: value, event: undefined, sections: sections.length > 0 ? sections : undefined };
    },
    fail: (failure) => JSON.stringify({ message: inWords(failure) }),
  };
}
