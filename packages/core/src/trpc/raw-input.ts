import { TRPCError } from '@trpc/server';
import type { IncomingCall } from '../rpc/dispatch.js';
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

  constructor(call: IncomingCall, transformer: { deserialize(value: unknown): unknown }) {
    this.#call = call;
    this.#transformer = transformer;
    this.#after = call.after;
  }

  /** Whether the call brought a cursor that did not come through to the procedure's own code, as far as is known. */
  get cursorLost(): boolean {
    return this.#call.after !== undefined && !hasCursor(this.resolved?.input);
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

  async #read(): Promise<unknown> {
    const { input } = this.#call;
    try {
      this.value = input === undefined ? undefined : this.#transformer.deserialize(input);
    } catch (cause) {
      throw new TRPCError({ code: 'BAD_REQUEST', message: 'The input could not be read', cause });
    }
    if (this.#after !== undefined) this.value = withLastEventId(this.value, this.#after);
    return this.value;
  }
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
