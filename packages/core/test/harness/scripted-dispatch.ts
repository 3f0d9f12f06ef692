import type { Dispatch, IncomingCall, Reply, StreamItem, StreamPosition } from '../../src/rpc/dispatch.ts';
import { ServingError } from '../../src/rpc/dispatch.ts';

export type Handler = (call: IncomingCall) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

/** What a handler yields to have a tracked event. */
export interface Tracked {
  readonly tracked: string;
  readonly data: unknown;
}

/** What a handler yields to say where it continues. */
export interface Placed {
  readonly position: string;
}

/** Runs handlers that the test wrote: a path is a function, a stream whatever can be iterated. */
export class ScriptedDispatch implements Dispatch {
  readonly #handlers: Handlers;
  /** Calls that ran, in order. */
  readonly ran: IncomingCall[] = [];
  /** Failures that a peer, or a stream, met. */
  readonly failures: unknown[] = [];
  /** Handlers, streams not counted, that have not ended yet. */
  running = 0;

  constructor(handlers: Handlers = {}) {
    this.#handlers = handlers;
  }

  async run(call: IncomingCall): Promise<Reply> {
    this.ran.push(call);
    this.running++;
    try {
      const handler = this.#handlers[call.path];
      if (handler === undefined) throw new ServingError('NOT_FOUND', `No ${call.path}`);
      const result: unknown = await handler(call);
      if (!isStream(result)) return { kind: 'result', data: result };
      return { kind: 'stream', iterator: result[Symbol.asyncIterator](), toItem, gap: gapOf(result) };
    } catch (error) {
      return { kind: 'error', json: shapeOf(error) };
    } finally {
      this.running--;
    }
  }

  fail(_call: IncomingCall, failure: unknown): string {
    this.failures.push(failure);
    return shapeOf(failure);
  }

  /** Paths that ran, in order. */
  get paths(): readonly string[] {
    return this.ran.map((call) => call.path);
  }
}

function shapeOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof ServingError ? error.code : 'INTERNAL_SERVER_ERROR';
  return JSON.stringify({ message, code: -32603, data: { code } });
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** A stream whose handler says that it begins with a gap. */
function gapOf(stream: AsyncIterable<unknown> & { readonly gap?: string }): string | undefined {
  return stream.gap;
}

function isPlaced(value: unknown): value is Placed {
  return typeof value === 'object' && value !== null && 'position' in value;
}

function isTracked(value: unknown): value is Tracked {
  return typeof value === 'object' && value !== null && 'tracked' in value;
}

function toItem(value: unknown): StreamItem | StreamPosition {
  if (isPlaced(value)) return value;
  return isTracked(value) ? { data: value.data, event: value.tracked } : { data: value, event: undefined };
}
