import type { Caller, CallRequest, CallSink, Found, OutgoingCall } from '@hawser/core';
import { closeSources, HawserError, IncomingStream } from '@hawser/core';
import type { MutateOptions } from './client.js';
import type { ClientError } from './errors.js';
import { answered, faulted, unserialisable } from './errors.js';
import type { Encoded, Translation } from './transformer.js';

/** A query's or mutation's one answer. */
export class UnarySink implements CallSink {
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: ClientError) => void;
  readonly #translation: Translation;

  constructor(
    resolve: (value: unknown) => void,
    reject: (error: ClientError) => void,
    translation: Translation,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#translation = translation;
  }

  result(data: unknown, found: readonly Found[]): void {
    let value: unknown;
    try {
      this.#translation.readStreams(found, {
        error: (shape) => answered(shape, this.#translation),
        fault: (cause) => (cause instanceof HawserError ? faulted(cause) : cause),
      });
      value = this.#translation.decode(data, found);
    } catch (cause) {
      for (const it of found) if (it.value instanceof IncomingStream) void it.value.return();
      return this.#reject(faulted(new HawserError('unreadable', 'unknown', undefined, cause)));
    }
    this.#resolve(value);
  }

  error(shape: unknown): void {
    this.#reject(answered(shape, this.#translation));
  }

  fault(fault: HawserError, shape?: unknown): void {
    this.#reject(faulted(fault, shape, this.#translation));
  }

  end(): void {
    this.#reject(faulted(new HawserError('unreadable', 'unknown')));
  }

  restart(): 'stop' {
    return 'stop';
  }

  restarted(): void {}

  // A callee that streams where one answer is asked for is not listened to.
  started(): void {}
  item(): void {}
  position(): void {}
  gap(): void {}
}

export interface UnaryRequest {
  readonly type: 'query' | 'mutation';
  readonly path: string;
  readonly input: unknown;
}

/** Makes a query or mutation, whose outcome goes to the sink. */
export function request(
  caller: Caller,
  call: UnaryRequest,
  options: MutateOptions,
  translation: Translation,
  sink: UnarySink,
): Leavable {
  let encoded: Encoded | Promise<Encoded>;
  try {
    encoded = translation.encode(call.input);
  } catch (cause) {
    sink.fault(unserialisable(cause));
    return { leave() {} };
  }
  if (encoded instanceof Promise) return requestLater(caller, call, options, encoded, sink);
  return caller.call(requestOf(call, options, encoded), sink);
}

/** What can be given up without a word. */
export interface Leavable {
  leave(): void;
}

function requestLater(
  caller: Caller,
  call: UnaryRequest,
  options: MutateOptions,
  encoding: Promise<Encoded>,
  sink: UnarySink,
): Leavable {
  let left = false;
  let made: OutgoingCall | undefined;
  encoding.then(
    (encoded) => {
      if (left) closeSources(encoded.streams);
      else made = caller.call(requestOf(call, options, encoded), sink);
    },
    (cause: unknown) => sink.fault(unserialisable(cause)),
  );
  return {
    leave() {
      left = true;
      made?.leave();
    },
  };
}

function requestOf({ type, path }: UnaryRequest, options: MutateOptions, encoded: Encoded): CallRequest {
  const { signal, timeoutMs, idempotent = false, onProgress: progress } = options;
  const { json, sections, streams } = encoded;
  return { type, path, json, sections, streams, signal, timeoutMs, idempotent, progress };
}

const noOptions: MutateOptions = {};

/** Makes a query or mutation. */
export function callOnce(
  caller: Caller,
  call: UnaryRequest,
  options: MutateOptions | undefined,
  translation: Translation,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request(caller, call, options ?? noOptions, translation, new UnarySink(resolve, reject, translation));
  });
}
