import { Fifo } from '../session/fifo.js';
import type { LaneName } from '../session/outbox.js';
import type { Clock, Timer } from '../session/ports.js';
import { longestTimerMs } from '../session/ports.js';
import type { Session } from '../session/session.js';
import { fits } from '../wire/frame.js';
import { limits } from '../wire/limits.js';
import type { CallMessage, CallType, CreditMessage } from '../wire/message.js';
import { callType, encodeBare, encodeError, encodeGap, encodeResult, readValue } from '../wire/message.js';
import type { Dispatch, IncomingCall, Reply } from './dispatch.js';
import { ServingError } from './dispatch.js';
import { LazySignal } from './lazy-signal.js';
import type { PumpFailure } from './stream-pump.js';
import { StreamPump } from './stream-pump.js';

/** Characters of items for which streams are resumed at a time. */
const roomLength = 65_536;

/** A call that runs here. */
class RunningCall implements IncomingCall {
  readonly id: number;
  readonly type: CallType;
  readonly path: string;
  readonly input: unknown;
  readonly after: string | undefined;
  readonly context: unknown;
  readonly #lazy = new LazySignal();
  /**
   * Once it is not `running`, what its handler does is told to nobody: the final message of a `cancelled` call is
   * a bare `end`, that of an `expired` one says that the caller's deadline passed.
   */
  fate: 'running' | 'cancelled' | 'expired' = 'running';
  pump: StreamPump | undefined;
  /** Credit that came before its stream had started. */
  credit: CreditMessage | undefined;
  timer: Timer | undefined;

  constructor(message: CallMessage, context: unknown) {
    const [kind, id, path, input, options] = message;
    this.id = id;
    this.type = callType(kind);
    this.path = path;
    this.input = readValue(input, options);
    this.after = options?.after;
    this.context = context;
  }

  get signal(): AbortSignal {
    return this.#lazy.signal;
  }

  get cancelled(): boolean {
    return this.fate !== 'running';
  }

  /** The first fate stays. */
  meet(fate: 'cancelled' | 'expired', reason: unknown): void {
    if (this.fate !== 'running') return;
    this.fate = fate;
    this.#lazy.abort(reason);
    this.pump?.stop(undefined);
  }
}

/** The calls that the other end made on one session, and that run here. Each gets one final message. */
export class IncomingCalls {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #dispatch: Dispatch;
  /** In flight: from the call's arrival until its handler has ended, cancelled or not. */
  readonly #calls = new Map<number, RunningCall>();
  /** Streams that found no room in the session. */
  readonly #waiting = new Fifo<StreamPump>();
  #lastId = 0;

  constructor(session: Session, clock: Clock, dispatch: Dispatch) {
    this.#session = session;
    this.#clock = clock;
    this.#dispatch = dispatch;
  }

  get size(): number {
    return this.#calls.size;
  }

  start(message: CallMessage, context: unknown): void {
    const id = message[1];
    if (id <= this.#lastId) return this.#session.close('bad-id');
    this.#lastId = id;
    const call = new RunningCall(message, context);
    if (this.#calls.size >= this.#session.takes.calls) {
      return this.#fail(call, new ServingError('TOO_MANY_REQUESTS', 'Too many calls in flight'), 'reply');
    }
    this.#calls.set(id, call);
    const timeout = message[4]?.timeout;
    if (timeout !== undefined && timeout <= longestTimerMs)
      call.timer = this.#clock.after(timeout, () => this.#expire(call));
    void this.#dispatch.run(call).then((reply) => this.#answer(call, reply));
  }

  cancel(id: number): void {
    this.#calls.get(id)?.meet('cancelled', abortError('The call was cancelled'));
  }

  credit(message: CreditMessage): void {
    const call = this.#calls.get(message[1]);
    if (call === undefined) return;
    const kept = call.pump ? call.pump.credit(message) : message[2] === 0;
    if (!kept) return this.#session.close('miscount');
    const [kind, id, consumed, items = call.credit?.[3], bytes = call.credit?.[4]] = message;
    call.credit = [kind, id, consumed, items, bytes];
  }

  /**
   * The session takes stream items again: resumes about as many streams as it has room for, in the order in which
   * they found none. Answers whether there are more.
   */
  room(): boolean {
    for (let room = roomLength; room > 0; ) {
      const pump = this.#waiting.shift();
      if (pump === undefined) return false;
      pump.resume();
      room -= pump.length || this.#session.room.itemLength;
    }
    return this.#waiting.size > 0;
  }

  /** The session is over: handlers are told, nothing is sent any more. */
  abortAll(message: string): void {
    const reason = abortError(message);
    for (const call of this.#calls.values()) {
      call.timer?.cancel();
      call.meet('cancelled', reason);
    }
  }

  #expire(call: RunningCall): void {
    call.meet('expired', new ServingError('TIMEOUT', 'The deadline of the call passed'));
  }

  #answer(call: RunningCall, reply: Reply): void {
    if (reply.kind === 'stream') return this.#stream(call, reply);
    if (call.cancelled) this.#finishFated(call, 'reply');
    else if (reply.kind === 'error') this.#error(call, reply.json, 'reply');
    else this.#result(call, reply.data);
  }

  #result(call: RunningCall, data: unknown): void {
    let text: string;
    try {
      text = encodeResult(call.id, JSON.stringify(data));
    } catch (cause) {
      const failure = new ServingError('INTERNAL_SERVER_ERROR', 'The result could not be serialised', cause);
      return this.#fail(call, failure, 'reply');
    }
    if (fits(text, this.#session.messageBytes)) return this.#finish(call, text, 'reply');
    const failure = new ServingError('PAYLOAD_TOO_LARGE', 'The result is larger than the caller accepts');
    this.#fail(call, failure, 'reply');
  }

  #stream(call: RunningCall, stream: Extract<Reply, { kind: 'stream' }>): void {
    const done = (failure: PumpFailure): void => {
      if (call.cancelled) this.#finishFated(call, 'stream');
      else if (failure) this.#fail(call, failure.error, 'stream');
      else this.#finish(call, encodeBare('end', call.id), 'stream');
    };
    const awaitRoom = (waiting: StreamPump): void => this.#waiting.push(waiting);
    const pump = new StreamPump({ id: call.id, stream, session: this.#session, awaitRoom, done });
    call.pump = pump;
    if (call.cancelled) return pump.stop(undefined);
    this.#session.send(encodeBare('started', call.id), 'reply');
    if (stream.gap !== undefined) this.#session.send(encodeGap(call.id, stream.gap), 'stream');
    if (call.credit) pump.credit(call.credit);
    pump.run();
  }

  #finishFated(call: RunningCall, lane: LaneName): void {
    if (call.fate === 'expired') this.#fail(call, call.signal.reason, lane);
    else this.#finish(call, encodeBare('end', call.id), lane);
  }

  #fail(call: RunningCall, failure: unknown, lane: LaneName): void {
    this.#error(call, this.#dispatch.fail(call, failure), lane);
  }

  #error(call: RunningCall, json: string, lane: LaneName): void {
    const text = encodeError(call.id, json);
    if (fits(text, this.#session.messageBytes)) return this.#finish(call, text, lane);
    const failure = new ServingError('PAYLOAD_TOO_LARGE', 'The error is larger than the caller accepts');
    this.#finish(call, encodeError(call.id, this.#dispatch.fail(call, failure)), lane);
  }

  #finish(call: RunningCall, text: string, lane: LaneName): void {
    this.#calls.delete(call.id);
    call.timer?.cancel();
    this.#session.send(text, lane);
    if (this.#session.waiting('reply') > limits.answerBytes.default) this.#session.close('overflow');
  }
}

/** What platform functions that take a signal expect as its reason. */
function abortError(message: string): Error {
  const error = new Error(message);
  error.name = 'AbortError';
  return error;
}
