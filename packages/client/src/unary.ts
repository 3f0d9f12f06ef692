import type { Caller, CallRequest, CallSink, Found, Payload } from '@hawser/core';
import { HawserError, IncomingStream } from '@hawser/core';
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

/** A query or mutation that can be made. */
export interface UnaryProcedure {
  readonly caller: Caller;
  readonly translation: Translation;
  readonly type: 'query' | 'mutation';
  readonly path: string;
}

/** Makes a query or mutation, whose outcome goes to the sink. */
export function request(
  procedure: UnaryProcedure,
  input: unknown,
  options: MutateOptions,
  sink: UnarySink,
): Leavable {
  let encoded: Payload | Promise<Payload>;
  try {
    encoded = procedure.translation.encode(input);
  } catch (cause) {
    sink.fault(unserialisable(cause));
    return { leave() {} };
  }
  return procedure.caller.call(requestOf(procedure, options, encoded), sink);
}

/** What can be given up without a word. */
export interface Leavable {
  leave(): void;
}

function requestOf(
  { type, path }: UnaryProcedure,
  options: MutateOptions,
  encoded: Payload | Promise<Payload>,
): CallRequest {
  const { signal, timeoutMs, idempotent = false, onProgress: progress } = options;
  const { later, json, sections, streams } = payloadOf(encoded);
  return { type, path, json, sections, streams, later, signal, timeoutMs, idempotent, progress };
}

/** As a request has it: what is not there yet comes later. */
export function payloadOf(encoded: Payload | Promise<Payload>): Payload & Pick<CallRequest, 'later'> {
  if (!(encoded instanceof Promise)) return encoded;
  return { json: undefined, later: encoded.catch(unserialisable) };
}

const noOptions: MutateOptions = {};

/** Makes a query or mutation. */
export function callOnce(
  procedure: UnaryProcedure,
  input: unknown,
  options: MutateOptions | undefined,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    request(procedure, input, options ?? noOptions, new UnarySink(resolve, reject, procedure.translation));
  });
}
