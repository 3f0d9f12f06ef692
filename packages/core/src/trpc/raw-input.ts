import { TRPCError } from '@trpc/server';
import type { Found } from '../rpc/attachments.js';
import { attach } from '../rpc/attachments.js';
import type { IncomingCall } from '../rpc/dispatch.js';
import type { StreamReader } from '../rpc/incoming-stream.js';
import { IncomingStream } from '../rpc/incoming-stream.js';
import type { StepInput } from './procedure-steps.js';

/** The input of a call as the procedure's parsers get it: read at most once, and only if one asks. */
export class RawInput implements StepInput {
  readonly #call: IncomingCall;
  #after: string | undefined;
  readonly #transformer: { deserialize(value: unknown): unknown };
  /** What was read; undefined before. */
  value: unknown;
  resolved: { readonly input: unknown } | undefined;
  #reading: Promise<unknown> | undefined;
  /** What the transformer made of it, with its bytes and streams in place, but no cursor. */
  #decoded: { readonly value: unknown } | undefined;

  constructor(call: IncomingCall, transformer: { deserialize(value: unknown): unknown }) {
    this.#call = call;
    this.#transformer = transformer;
    this.#after = call.after;
  }

  /** Whether the call brought a cursor that did not come through to the procedure's own code, as far as is known. */
  get cursorLost(): boolean {
    return this.#call.after !== undefined && !hasCursor(this.resolved?.input);
  }

  get givesCursor(): boolean {
    return this.#after !== undefined;
  }

  dropCursor(): boolean {
    if (this.#after === undefined) return false;
    this.#after = undefined;
    this.#reading = undefined;
    return true;
  }

  read(): Promise<unknown> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  #read(): Promise<unknown> {
    try {
      this.#decoded ??= { value: this.#decode() };
    } catch (cause) {
      const message = 'The input could not be read';
      return Promise.reject(new TRPCError({ code: 'BAD_REQUEST', message, cause }));
    }
    this.value = this.#decoded.value;
    if (this.#after !== undefined) this.value = withLastEventId(this.value, this.#after);
    return Promise.resolve(this.value);
  }

  #decode(): unknown {
    const { input, found } = this.#call;
    if (input === undefined) return undefined;
    for (const { value } of found) if (value instanceof IncomingStream) value.read(this.#streamReader);
    return attach(this.#transformer.deserialize(input), found);
  }

  #item(data: unknown, found: readonly Found[]): unknown {
    try {
      return attach(data === undefined ? undefined : this.#transformer.deserialize(data), found);
    } catch (cause) {
      throw new TRPCError({ code: 'BAD_REQUEST', message: 'An item of the stream could not be read', cause });
    }
  }

  get #streamReader(): StreamReader {
    return {
      item: (data, found) => this.#item(data, found),
      error: (shape) =>
        new TRPCError({
          code: 'BAD_REQUEST',
          message: `The stream failed at its sender: ${messageOf(shape)}`,
        }),
      fault: (cause) => cause,
    };
  }
}

function messageOf(shape: unknown): string {
  const told = typeof shape === 'object' && shape !== null && 'message' in shape ? shape.message : undefined;
  return typeof told === 'string' ? told : 'without a reason';
}

function hasCursor(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'lastEventId' in input && input.lastEventId != null;
}

/** Where tRPC's tracked subscriptions expect their cursor: in an input that is absent or a plain object. */
function withLastEventId(input: unknown, lastEventId: string): unknown {
  if (input === undefined || input === null) return { lastEventId };
  if (typeof input !== 'object') return input;
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null ? { ...input, lastEventId } : input;
}
