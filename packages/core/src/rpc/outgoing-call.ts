import type { Outgoing } from '../session/outgoing.js';
import type { Clock, Timer, Turn } from '../session/ports.js';
import { longestTimerMs } from '../session/ports.js';
import type { Session } from '../session/session.js';
import type { Outcome } from '../wire/fault-codes.js';
import type { CallType } from '../wire/message.js';
import { onAbort } from './abort-listeners.js';
import type { Found } from './attachments.js';
import type { Attachments } from './dispatch.js';
import { HawserError } from './hawser-error.js';
import type { IncomingStream } from './incoming-stream.js';
import type { SentStreams } from './outgoing-streams.js';
import type { StreamOrigin } from './stream-intake.js';
import type { Progress } from './stream-pump.js';
import { closeSources } from './stream-source.js';

/** An input, ready to be sent. */
export interface Payload extends Attachments {
  /** Undefined for `undefined`. */
  readonly json: string | undefined;
}

export interface CallRequest extends Payload {
  readonly type: CallType;
  readonly path: string;
  /** Where something of the payload has to be read first: the payload, or why there is none. Never rejects. */
  readonly later?: Promise<Payload | HawserError> | undefined;
  readonly signal: AbortSignal | undefined;
  /** For the whole call, in ms; without one a query or mutation times out after silence. */
  readonly timeoutMs: number | undefined;
  /** A mutation that may run twice: it is made again when its session is lost, as a query is. */
  readonly idempotent?: boolean;
  /** Told what the other end has taken of the streams in the input. */
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/** What becomes of a call. One of `result`, `error`, `end` and `fault` comes, once, and last. */
export interface CallSink {
  /** `found` belongs into the data once a transformer has read it. */
  result(data: unknown, found: readonly Found[]): void;
  /** The server's answer, as an error shape. */
  error(shape: unknown): void;
  /** No answer; `shape` is the server's own word about it, where there is one. */
  fault(fault: HawserError, shape?: unknown): void;
  started(): void;
  item(data: unknown, event: string | undefined, found: readonly Found[]): void;
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
  readonly session: Session;
}

/** A deadline that is noticed so much later was slept through. */
const lateMs = 1000;

/** A deadline further away than any timer is none. */
function deadlineOf(timeoutMs: number | undefined, now: number): number | undefined {
  if (Number.isNaN(timeoutMs)) throw new RangeError('timeoutMs is not a number');
  return timeoutMs === undefined || timeoutMs > longestTimerMs ? undefined : now + Math.max(0, timeoutMs);
}

let made = 0;

/** A call that this end made, over all the sessions that it lives on. */
export class OutgoingCall implements StreamOrigin {
  /** Rises with each call that is made. */
  readonly serial = ++made;
  readonly request: CallRequest;
  readonly sink: CallSink;
  payload: Payload;
  /** In the session it is on; 0 while it waits for a place among the calls in flight. */
  id = 0;
  message: Outgoing | undefined;
  /** Credit that waits until the call's message has left. */
  owed: string | undefined;
  /** The streams of its input, while it is in the table. */
  inputs: SentStreams | undefined;
  /** The streams of its result, which has come: the call goes on until they are over. */
  outputs: readonly IncomingStream[] | undefined;
  /** It waits in the table's queue. */
  queued = false;
  table: CallTable | undefined;
  /** Where a subscription continues when it is made again. */
  after: string | undefined;
  /** It was sent again: a query only once, since one that kills the server must not kill the fleet. */
  repeated = false;
  settled = false;
  /** When something was last heard of it, or more of it has left. */
  heardAt: number;
  /** How many parts of its message, and items of its input, had left by then. */
  #moved = 0;
  /** When the caller's own deadline passes. */
  readonly deadlineAt: number | undefined;
  #timer: Timer | undefined;
  #unlisten: (() => void) | undefined;

  /** Throws a `RangeError` for a timeout that is not a number. */
  constructor(request: CallRequest, sink: CallSink, now: number) {
    this.request = request;
    this.payload = request;
    this.sink = sink;
    this.heardAt = now;
    this.deadlineAt = deadlineOf(request.timeoutMs, now);
  }

  /** Whether its message is in a frame: from then on it can have run. */
  get left(): boolean {
    return this.message?.state === 'framed';
  }

  /** What was to be sent has been read. */
  prepared(payload: Payload, now: number): void {
    this.payload = payload;
    this.heardAt = now;
  }

  /** Whether it is a call that silence ends, and there was so much of it. */
  overdue(now: number, ms: number): boolean {
    const patient = this.request.type === 'subscription' || this.request.timeoutMs !== undefined;
    return !patient && !this.outputs && this.silent(now, ms);
  }

  /** Whether nothing has moved for so long. */
  silent(now: number, ms: number): boolean {
    const moved = (this.message?.parts ?? 0) + (this.inputs?.sent ?? 0);
    if (moved !== this.#moved) this.heardAt = now;
    this.#moved = moved;
    return now - this.heardAt >= ms;
  }

  get session(): Session | undefined {
    return this.settled ? undefined : this.table?.session;
  }

  /** Whether it can be made again as it was: what was read of a stream cannot be read again. */
  get repeatable(): boolean {
    return !this.inputs?.used && this.outputs === undefined;
  }

  get outcome(): Outcome {
    return this.left || this.repeated ? 'unknown' : 'not-run';
  }

  /** Watches its caller's signal and its deadline until it is settled; answers whether it may be made at all. */
  watch(clock: Clock, turn: Turn): boolean {
    const { signal } = this.request;
    if (signal?.aborted) this.#abort();
    else {
      if (signal) this.#unlisten = onAbort(signal, () => this.#abort());
      if (this.deadlineAt !== undefined)
        this.#timer = clock.after(this.deadlineAt - clock.now(), () => this.#expire(clock, turn));
    }
    return !this.settled;
  }

  credit(consumed: number, items: number, bytes: number): void {
    this.table?.credit(this, consumed, items, bytes);
  }

  /** Marks the call settled and lets go of what would settle it; answers whether it was open. */
  settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.#timer?.cancel();
    this.#unlisten?.();
    return true;
  }

  /** Its answer came, or all of it is over: nobody is going to read its input any more. */
  finish(): void {
    if (this.settle()) this.#closeInputs(undefined);
  }

  /** Rejects the call at this end and withdraws or cancels it at the other; `shape` is the server's word about it. */
  stop(fault: HawserError, shape?: unknown): void {
    if (!this.settle()) return;
    this.table?.cancel(this);
    this.#closeInputs(fault);
    this.#tell(fault, shape);
  }

  /** Rejects the call without a word to the other end: the session it was on is gone. */
  lose(fault: HawserError, shape?: unknown): void {
    if (!this.settle()) return;
    this.#closeInputs(fault);
    this.#tell(fault, shape);
  }

  /** The consumer of a stream is done with it: nothing more is told. */
  leave(): void {
    if (!this.settle()) return;
    this.table?.cancel(this);
    this.#closeInputs(new HawserError('aborted', this.outcome));
  }

  #abort(): void {
    this.stop(new HawserError('aborted', this.outcome, undefined, this.request.signal?.reason));
  }

  #expire(clock: Clock, turn: Turn): void {
    const timeout = (): void => this.stop(new HawserError('timeout', this.outcome));
    // What came in while this end slept, or was busy, is read first: the answer may be there.
    if (clock.now() - (this.deadlineAt ?? 0) > lateMs) turn.yield(timeout);
    else timeout();
  }

  /** A caller that has its answer is told by the streams of that. */
  #tell(fault: HawserError, shape: unknown): void {
    if (this.outputs === undefined) return this.sink.fault(fault, shape);
    for (const stream of this.outputs) stream.fail(fault);
  }

  /** With a failure none of them is to look complete. */
  #closeInputs(failure: HawserError | undefined): void {
    if (this.inputs) this.inputs.stop(failure && { error: failure });
    else closeSources(this.payload.streams);
  }
}
