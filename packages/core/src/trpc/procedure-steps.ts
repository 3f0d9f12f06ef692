import type { AnyTRPCProcedure } from '@trpc/server';
import { TRPCError } from '@trpc/server';
import type { IncomingCall } from '../rpc/dispatch.js';
import { trpcErrorOf } from './trpc-error.js';

type ReadInput = () => Promise<unknown>;

/** What the steps read, and how far they came with it. */
export interface StepInput {
  read(): Promise<unknown>;
  /** Set when the procedure's own code is reached, after all its parsers, to what that gets. */
  resolved: { readonly input: unknown } | undefined;
  /** Whether `read` gives it with the call's cursor. */
  readonly givesCursor: boolean;
  /** Has `read` give the input without its cursor from now on; answers whether there was one. */
  dropCursor(): boolean;
}

interface StepResult {
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: unknown;
}

/** What a step may change for those after it. */
interface Changes {
  readonly ctx?: object;
  readonly input?: unknown;
  readonly getRawInput?: ReadInput;
}

type Step = (options: StepOptions) => Promise<StepResult>;
type Next = (changes?: Changes) => Promise<StepResult>;

interface Carried {
  readonly ctx: unknown;
  readonly input: unknown;
  readonly getRawInput: ReadInput;
}

/**
 * What a step gets. `signal` is an own property, so that it survives a spread, and is read lazily. Its getter is
 * shared by all: with one in an object literal, V8 gives each object a shape of its own, and a call's objects
 * outlive the young generation.
 */
class StepOptions {
  static readonly #signal: PropertyDescriptor & ThisType<StepOptions> = {
    enumerable: true,
    configurable: true,
    get() {
      return this.#call.signal;
    },
  };

  readonly ctx: unknown;
  readonly input: unknown;
  readonly getRawInput: ReadInput;
  readonly path: string;
  readonly type: string;
  readonly batchIndex = 0;
  readonly meta: unknown;
  readonly next: Next;
  readonly #call: IncomingCall;

  constructor(call: IncomingCall, { ctx, input, getRawInput }: Carried, meta: unknown, next: Next) {
    this.ctx = ctx;
    this.input = input;
    this.getRawInput = getRawInput;
    this.path = call.path;
    this.type = call.type;
    this.meta = meta;
    this.next = next;
    this.#call = call;
    Object.defineProperty(this, 'signal', StepOptions.#signal);
  }
}

/**
 * A procedure's validators, middlewares and resolver, run as tRPC runs them, for a tenth of the time: tRPC's
 * build copies the options property by property at each step, reading the call's `signal` even if no step does.
 */
export class ProcedureSteps {
  readonly #steps: readonly Step[];
  readonly #meta: unknown;

  private constructor(steps: readonly Step[], meta: unknown) {
    this.#steps = steps;
    this.#meta = meta;
  }

  /**
   * The list of steps is there at run time in every supported version of tRPC, but it is no typed export. Whatever
   * does not look as expected gives undefined, and is to be called the documented way.
   */
  static of(procedure: AnyTRPCProcedure): ProcedureSteps | undefined {
    const def = procedure._def as {
      readonly middlewares?: unknown;
      readonly caller?: unknown;
      readonly meta?: unknown;
    };
    const { middlewares, caller, meta } = def;
    const known = Array.isArray(middlewares) && middlewares.length > 0 && caller === undefined;
    if (!known || !middlewares.every((step) => typeof step === 'function')) return undefined;
    return new ProcedureSteps(middlewares as Step[], meta);
  }

  /** Rejects with a `TRPCError`. */
  run(call: IncomingCall, input: StepInput): Promise<unknown> {
    const getRawInput = (): Promise<unknown> => input.read();
    const carried = { ctx: call.context, input: undefined, getRawInput };
    return this.#step(0, call, carried, input).then(dataOf);
  }

  #step(index: number, call: IncomingCall, carried: Carried, raw: StepInput): Promise<StepResult> {
    const step = this.#steps[index] as Step;
    let passed = false;
    const next: Next = (changes) => {
      passed = true;
      return this.#step(index + 1, call, changes ? changed(carried, changes) : carried, raw);
    };
    if (index === this.#steps.length - 1) raw.resolved = carried;
    const take = (): Promise<StepResult> => taken(step, new StepOptions(call, carried, this.#meta, next));
    const result = take();
    if (!raw.givesCursor || !isParser(step)) return result;
    // A parser that allows no cursor is asked again without it; nothing else runs twice.
    return result.then((it) => (passed || !isRejection(it) || !raw.dropCursor() ? it : take()));
  }
}

/** Takes a step. What that throws is its result, as tRPC has it. No `async`: every call takes several. */
function taken(step: Step, options: StepOptions): Promise<StepResult> {
  try {
    return Promise.resolve(step(options)).then(undefined, failed);
  } catch (cause) {
    return Promise.resolve(failed(cause));
  }
}

function failed(cause: unknown): StepResult {
  return { ok: false, error: trpcErrorOf(cause) };
}

/** What the first step gave, and all steps with it. */
function dataOf(result: StepResult | undefined): unknown {
  // A middleware in JavaScript may forget to return what `next` gave.
  if (!result) {
    const message = 'No result from middlewares - did you forget to `return next()`?';
    throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
  }
  if (!result.ok) throw result.error;
  return result.data;
}

/** Whether a step is a parser, by the mark that tRPC gives it. */
function isParser(step: Step): boolean {
  return (step as { readonly _type?: unknown })._type === 'input';
}

/** Whether a parser did not take its input. */
function isRejection(result: StepResult | undefined): boolean {
  return result?.ok === false && trpcErrorOf(result.error).code === 'BAD_REQUEST';
}

function changed(carried: Carried, changes: Changes): Carried {
  return {
    ctx: changes.ctx ? { ...(carried.ctx as object), ...changes.ctx } : carried.ctx,
    input: 'input' in changes ? changes.input : carried.input,
    getRawInput: changes.getRawInput ?? carried.getRawInput,
  };
}
