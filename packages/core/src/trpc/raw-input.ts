import { TRPCError } from '@trpc/server';
import type { IncomingCall } from '../rpc/dispatch.js';

/** The input of a call as the procedure's parsers get it: read at most once, and only if one asks. */
export class RawInput {
  readonly #call: IncomingCall;
  readonly #transformer: { deserialize(value: unknown): unknown };
  /** What was read; undefined before. */
  value: unknown;
  #reading: Promise<unknown> | undefined;

  constructor(call: IncomingCall, transformer: { deserialize(value: unknown): unknown }) {
    this.#call = call;
    this.#transformer = transformer;
  }

  read(): Promise<unknown> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  async #read(): Promise<unknown> {
    const { input, after } = this.#call;
    try {
      this.value = input === undefined ? undefined : this.#transformer.deserialize(input);
    } catch (cause) {
      throw new TRPCError({ code: 'BAD_REQUEST', message: 'The input could not be read', cause });
    }
    if (after !== undefined) this.value = withLastEventId(this.value, after);
    return this.value;
  }
}

/** Where tRPC's tracked subscriptions expect their cursor: in an input that is absent or a plain object. */
function withLastEventId(input: unknown, lastEventId: string): unknown {
  if (input === undefined || input === null) return { lastEventId };
  if (typeof input !== 'object') return input;
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null ? { ...input, lastEventId } : input;
}
