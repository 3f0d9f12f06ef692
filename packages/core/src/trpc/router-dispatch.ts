import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { callTRPCProcedure, isTrackedEnvelope, TRPCError } from '@trpc/server';
import { isObservable, observableToAsyncIterable } from '@trpc/server/observable';
import type { Detached } from '../rpc/attachments.js';
import { detach } from '../rpc/attachments.js';
import type { Dispatch, IncomingCall, Reply, StreamElement, ValueStream } from '../rpc/dispatch.js';
import type { StreamSource } from '../rpc/stream-source.js';
import { closeSources, iterate } from '../rpc/stream-source.js';
import type { BufferOptions } from './buffer.js';
import { buffer, droppedOf, isBuffered } from './buffer.js';
import type { CallFailure } from './error-shape.js';
import { errorShapeJson } from './error-shape.js';
import type { OutputTransformer } from './feed-source.js';
import { feedMark, isFeedSource } from './feed-source.js';
import { positionOf } from './position.js';
import { ProcedureSteps } from './procedure-steps.js';
import { RawInput } from './raw-input.js';
import { trpcErrorOf } from './trpc-error.js';

export interface RouterDispatchOptions {
  readonly router: AnyTRPCRouter;
  /** How subscriptions are buffered whose `meta` has no `buffer`, which may be `false`; without it, their sources wait. */
  readonly buffer?: BufferOptions<unknown> | undefined;
  /** Told of every error that a caller is told of. Must not throw. */
  readonly onError: (failure: CallFailure) => void;
}

type Iterator = AsyncIterator<unknown, unknown, undefined>;

/** The reason of a gap: the cursor that the call brought was not taken. */
const noCursor = 'no-cursor';

/** Serves a tRPC router. */
export function routerDispatch(options: RouterDispatchOptions): Dispatch {
  return new RouterDispatch(options);
}

class RouterDispatch implements Dispatch {
  readonly #router: AnyTRPCRouter;
  readonly #buffer: BufferOptions<unknown> | undefined;
  readonly #onError: (failure: CallFailure) => void;
  /** By procedure; null for one that has to be called the documented way. */
  readonly #steps = new WeakMap<AnyTRPCProcedure, ProcedureSteps | null>();

  constructor({ router, buffer, onError }: RouterDispatchOptions) {
    this.#router = router;
    this.#buffer = buffer;
    this.#onError = onError;
  }

  async run(call: IncomingCall): Promise<Reply> {
    const input = new RawInput(call, this.#router._def._config.transformer.input);
    try {
      if (call.after !== undefined) await this.#load(call.path);
      const steps = this.#stepsOf(call);
      const result = await (steps ? steps.run(call, input) : this.#runDocumented(call, input));
      const reply = this.#reply(call, result, input.cursorLost ? noCursor : undefined);
      return reply instanceof Promise ? await reply : reply;
    } catch (error) {
      // Nobody is told what a cancelled handler throws, so nobody need report it either.
      return { kind: 'error', json: this.#fail(call, error, input.value, !call.cancelled) };
    }
  }

  fail(call: IncomingCall, failure: unknown): string {
    return this.#fail(call, failure, undefined, true);
  }

  /**
   * Loads a lazy part of the router before its first call with a cursor: what becomes of that is known of steps alone.
   * What does not look as expected is left to the documented way.
   */
  async #load(path: string): Promise<void> {
    const { lazy } = this.#router._def as { readonly lazy?: Readonly<Record<string, LazyPart>> };
    const loaded = new Set<LazyPart>();
    for (let part = lazyPart(lazy, path); part && !loaded.has(part); part = lazyPart(lazy, path)) {
      if (typeof part.load !== 'function') return;
      await part.load();
      loaded.add(part);
    }
  }

  /** A procedure that is loaded. */
  #procedureAt(path: string): AnyTRPCProcedure | undefined {
    // At run time a flat map by path, without a prototype, of what is loaded; its type says otherwise.
    const procedures = this.#router._def.procedures as Readonly<Record<string, AnyTRPCProcedure | undefined>>;
    return Object.hasOwn(procedures, path) ? procedures[path] : undefined;
  }

  /** What a subscription's source is read through. */
  #buffered(call: IncomingCall, iterator: Iterator): Iterator {
    const meta = this.#procedureAt(call.path)?._def.meta as
      | { readonly buffer?: BufferOptions<unknown> | false }
      | undefined;
    const options = meta?.buffer ?? this.#buffer;
    if (!options || isBuffered(iterator)) return iterator;
    return buffer({ [Symbol.asyncIterator]: () => iterator }, options);
  }

  /** The steps of a procedure that is loaded and of the call's type. */
  #stepsOf(call: IncomingCall): ProcedureSteps | undefined {
    const procedure = this.#procedureAt(call.path);
    if (procedure === undefined || procedure._def?.type !== call.type) return undefined;
    let steps = this.#steps.get(procedure);
    if (steps === undefined) {
      steps = ProcedureSteps.of(procedure) ?? null;
      this.#steps.set(procedure, steps);
    }
    return steps ?? undefined;
  }

  #runDocumented(call: IncomingCall, input: RawInput): Promise<unknown> {
    const { path, type, context: ctx, signal } = call;
    const getRawInput = (): Promise<unknown> => input.read();
    return callTRPCProcedure({ router: this.#router, path, type, ctx, getRawInput, signal, batchIndex: 0 });
  }

  #reply(call: IncomingCall, result: unknown, gap: string | undefined): Reply | Promise<Reply> {
    if (call.type === 'subscription') {
      // It knows the cursor by itself, whatever became of it on its way through the input.
      if (isFeedSource(result)) return { kind: 'feed', feed: result[feedMark](this.#output, call.after) };
      const iterator = this.#buffered(call, iteratorOf(result, call));
      return { kind: 'stream', iterator, toItem: (value) => this.#toItem(value), gap };
    }
    const detached = detach(result, { streams: true, copy: false });
    if (detached === undefined) return { kind: 'result', data: this.#serialize(result) };
    return detached instanceof Promise
      ? detached.then((it) => this.#resultOf(call, it))
      : this.#resultOf(call, detached);
  }

  #resultOf(call: IncomingCall, { value, sections, streams }: Detached): Reply {
    const outgoing: ValueStream[] = [];
    try {
      for (const it of streams) outgoing.push(this.#streamOf(call, it));
      return {
        kind: 'result',
        data: this.#serialize(value),
        sections: sections.length > 0 ? sections : undefined,
        streams: outgoing.length > 0 ? outgoing : undefined,
      };
    } catch (cause) {
      closeSources(outgoing);
      throw cause;
    }
  }

  #streamOf(call: IncomingCall, { path, source }: Detached['streams'][number]): ValueStream {
    return {
      path,
      iterator: iterate(source as StreamSource<unknown>),
      toItem: (value) => this.#toValueItem(value),
      fail: (failure) => this.#fail(call, failure, undefined, !call.cancelled),
    };
  }

  #toItem(value: unknown): StreamElement | Promise<StreamElement> {
    const position = positionOf(value);
    if (position !== undefined) return { position };
    return isTracked(value) ? this.#item(value[1], value[0]) : this.#toValueItem(value);
  }

  #toValueItem(value: unknown): StreamElement | Promise<StreamElement> {
    const dropped = droppedOf(value);
    return dropped === undefined ? this.#item(value, undefined) : { dropped };
  }

  #item(value: unknown, event: string | undefined): StreamElement | Promise<StreamElement> {
    const detached = detach(value, { streams: false, copy: true });
    if (detached === undefined) return { data: this.#serialize(value), event };
    const itemOf = (it: Detached): StreamElement => ({
      data: this.#serialize(it.value),
      event,
      sections: it.sections,
    });
    return detached instanceof Promise ? detached.then(itemOf) : itemOf(detached);
  }

  #serialize(value: unknown): unknown {
    return value === undefined ? undefined : this.#output.serialize(value);
  }

  get #output(): OutputTransformer {
    return this.#router._def._config.transformer.output;
  }

  #fail(call: IncomingCall, cause: unknown, input: unknown, report: boolean): string {
    const error = trpcErrorOf(cause);
    const failure = { error, type: call.type, path: call.path, input, ctx: call.context };
    if (report) this.#onError(failure);
    return errorShapeJson(this.#router, failure);
  }
}

/** A part of a router that is loaded when it is first called, and is gone from the router's list of them then. */
interface LazyPart {
  readonly load?: () => unknown;
}

function lazyPart(parts: Readonly<Record<string, LazyPart>> = {}, path: string): LazyPart | undefined {
  const key = Object.keys(parts).find((it) => path === it || path.startsWith(`${it}.`));
  return key === undefined ? undefined : parts[key];
}

function iteratorOf(result: unknown, call: IncomingCall): Iterator {
  if (isAsyncIterable(result)) return result[Symbol.asyncIterator]();
  if (isObservable(result)) return observableToAsyncIterable(result, call.signal);
  const message = `Subscription ${call.path} must return an async iterable or an observable`;
  throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** The second test is for an envelope of another copy of `@trpc/server`: CommonJS beside ESM. */
function isTracked(value: unknown): value is readonly [id: string, data: unknown, mark: unknown] {
  if (isTrackedEnvelope(value)) return true;
  return (
    Array.isArray(value) && value.length === 3 && typeof value[0] === 'string' && typeof value[2] === 'symbol'
  );
}
