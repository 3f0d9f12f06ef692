import type { Outgoing } from '../session/outbox.js';
import type { Timer } from '../session/ports.js';
import { longestTimerMs } from '../session/ports.js';
import type { Outcome } from '../wire/fault-codes.js';
import type { Limits } from '../wire/limits.js';
import type { CallType } from '../wire/message.js';
import { onAbort } from './abort-listeners.js';
import type { HawserError } from './hawser-error.js';

export interface CallRequest {
  readonly type: CallType;
  readonly path: string;
  /** The input's JSON, undefined for `undefined`. */
  readonly json: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** For the whole call, in ms; without one a query or mutation times out after silence. */
  readonly timeoutMs: number | undefined;
  /** A mutation that may run twice: it is made again when its session is lost, as a query is. */
  readonly idempotent?: boolean;
}

/** What becomes of a call. One of `result`, `error`, `end` and `fault` comes, once, and last. */
export interface CallSink {
  result(data: unknown): void;
  /** The server's answer, as an error shape. */
  error(shape: unknown): void;
  /** No answer; `shape` is the server's own word about it, where there is one. */
  fault(fault: HawserError, shape?: unknown): void;
  started(): void;
  item(data: unknown, event: string | undefined): void;
  position(event: string): void;
  gap(reason: string, count: number | undefined): void;
  end(): void;
  /**
   * The session is gone and the call is about to be made again on a new one. Answers where it
   * continues, or that it must not. Nobody else is told of it yet.
   */
  restart(reason: string): { readonly after: string | undefined } | 'stop';
  /** All calls have been made again: now it may be told. */
  restarted(): void;
}

/** The table that a call is in: that of the session it was made on. */
export interface CallTable {
  cancel(call: OutgoingCall): void;
  credit(call: OutgoingCall, consumed: number, items: number, bytes: number): void;
  /** Ends the session: the other end sent more than it was allowed to. */
  flooded(): void;
  /** The frame that is being handed on: its number and its length. */
  readonly arrived: { readonly counts: { readonly received: number }; readonly frameLength: number };
  readonly limits: Limits;
}

/** A deadline further away than any timer is none. */
function deadlineOf(timeoutMs: number | undefined, now: number): number | undefined {
  if (Number.isNaN(timeoutMs)) throw new RangeError('timeoutMs is not a number');
  return timeoutMs === undefined || timeoutMs > longestTimerMs ? undefined : now + Math.max(0, timeoutMs);
}

/** A call that this end made, over all the sessions that it lives on. */
export class OutgoingCall {
  readonly request: CallRequest;
  readonly sink: CallSink;
  /** In the session it is on; 0 while it waits for a place among the calls in flight. */
  id = 0;
  message: Outgoing | undefined;
  /** Credit that waits behind the call's message. */
  credit: Outgoing | undefined;
  /** It waits in the table's queue. */
  queued = false;
  table: CallTable | undefined;
  /** Where a subscription continues when it is made again. */
  after: string | undefined;
  /** It was sent again: a query only once, since one that kills the server must not kill the fleet. */
  repeated = false;
  settled = false;
  /** When something was last heard of it. */
  heardAt: number;
  /** When the caller's own deadline passes. */
  readonly deadlineAt: number | undefined;
  timer: Timer | undefined;
  #unlisten: (() => void) | undefined;

  /** Throws a `RangeError` for a timeout that is not a number. */
  constructor(request: CallRequest, sink: CallSink, now: number) {
    this.request = request;
    this.sink = sink;
    this.heardAt = now;
    this.deadlineAt = deadlineOf(request.timeoutMs, now);
  }

  /** Whether its message is in a frame: from then on it can have run. */
  get left(): boolean {
    return this.message?.state === 'framed';
  }

  get outcome(): Outcome {
    return this.left || this.repeated ? 'unknown' : 'not-run';
  }

  /** Calls back when the caller aborts, until the call is settled. */
  listen(signal: AbortSignal, callback: () => void): void {
    this.#unlisten = onAbort(signal, callback);
  }

  /** Marks the call settled and lets go of what would settle it; answers whether it was open. */
  settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.timer?.cancel();
    this.#unlisten?.();
    return true;
  }

  /** Rejects the call at this end and withdraws or cancels it at the other; `shape` is the server's word about it. */
  stop(fault: HawserError, shape?: unknown): void {
    if (!this.settle()) return;
    this.table?.cancel(this);
    this.sink.fault(fault, shape);
  }

  /** Rejects the call without a word to the other end: the session it was on is gone. */
  lose(fault: HawserError, shape?: unknown): void {
    if (this.settle()) this.sink.fault(fault, shape);
  }

  /** The consumer of a stream is done with it: nothing more is told. */
  leave(): void {
    if (this.settle()) this.table?.cancel(this);
  }
}
