import type { Caller, CallSink } from '@hawser/core';
import { HawserError } from '@hawser/core';
import type { MutateOptions } from './client.js';
import type { ClientError } from './errors.js';
import { answered, faulted, unserialisable } from './errors.js';
import type { Translation } from './transformer.js';

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

  result(data: unknown): void {
    let value: unknown;
    try {
      value = this.#translation.decode(data);
    } catch (cause) {
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

/** Makes a query or mutation. */
export function callOnce(
  caller: Caller,
  call: { readonly type: 'query' | 'mutation'; readonly path: string; readonly input: unknown },
  options: MutateOptions | undefined,
  translation: Translation,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { type, path, input } = call;
    let json: string | undefined;
    try {
      json = translation.encode(input);
    } catch (cause) {
      return reject(faulted(unserialisable(cause)));
    }
    const { signal, timeoutMs, idempotent = false } = options ?? {};
    const request = { type, path, json, signal, timeoutMs, idempotent };
    caller.call(request, new UnarySink(resolve, reject, translation));
  });
}
