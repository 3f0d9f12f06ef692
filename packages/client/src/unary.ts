import type { Caller, CallSink, Found, OutgoingCall } from '@hawser/core';
import { HawserError, IncomingStream } from '@hawser/core';
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

/** Makes a query or mutation, whose outcome goes to the sink. What comes back gives it up without a word. */
export function request(
  caller: Caller,
  { type, path, input }: UnaryRequest,
  options: MutateOptions,
  translation: Translation,
  sink: UnarySink,
): () => void {
  const { signal, timeoutMs, idempotent = false, onProgress } = options;
  let left = false;
  let call: OutgoingCall | undefined;
  const make = (encoded: Encoded): void => {
    if (left) return;
    call = caller.call({ type, path, signal, timeoutMs, idempotent, progress: onProgress, ...encoded }, sink);
  };
  const refuse = (cause: unknown): void => sink.fault(unserialisable(cause));
  try {
    const encoded = translation.encode(input);
    if (encoded instanceof Promise) encoded.then(make, refuse);
    else make(encoded);
  } catch (cause) {
    refuse(cause);
  }
  return () => {
    left = true;
    call?.leave();
  };
}

/** Makes a query or mutation. */
export function callOnce(
  caller: Caller,
  call: UnaryRequest,
  options: MutateOptions | undefined,
  translation: Translation,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request(caller, call, options ?? {}, translation, new UnarySink(resolve, reject, translation));
  });
}
