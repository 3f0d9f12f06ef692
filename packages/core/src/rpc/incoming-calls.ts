import type { LaneName } from '../session/outbox.js';
import type { Clock, Timer } from '../session/ports.js';
import type { Session } from '../session/session.js';
import { fits } from '../wire/frame.js';
import { limits } from '../wire/limits.js';
import type { CallMessage, CallType, CreditMessage } from '../wire/message.js';
import { callType, encodeBare, encodeError, encodeResult, readValue } from '../wire/message.js';
import type { Dispatch, IncomingCall, Reply } from './dispatch.js';
import { ServingError } from './dispatch.js';
import { LazySignal } from './lazy-signal.js';
import { StreamPump } from './stream-pump.js';

/** A call that runs here. */
class RunningCall implements IncomingCall {
  readonly id: number;
  readonly type: CallType;
  readonly path: string;
  readonly input: unknown;
  readonly after: string | undefined;
  readonly context: unknown;
  readonly lazy = new LazySignal();
  /** Nobody waits for its outcome any more: its final message is a bare `end`. */
  cancelled = false;
  /** The caller's deadline passed: its final message says so. */
  expired = false;
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
    return this.lazy.signal;
  }

  abort(reason: unknown): void {
    this.lazy.abort(reason);
    this.pump?.stop();
  }
}

/** The calls that the other end made on one session, and that run here. Each gets one final message. */
export class IncomingCalls {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #dispatch: Dispatch;
  /** In flight: from the call's arrival until its handler has ended, cancelled or not. */
  readonly #calls = new Map<number, RunningCall>();
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
    if (this.#calls.size >= this.#session.limits.calls) {
      return this.#fail(call, new ServingError('TOO_MANY_REQUESTS', 'Too many calls in flight'), 'prompt');
    }
    this.#calls.set(id, call);
    const timeout = message[4]?.timeout;
    if (timeout !== undefined) call.timer = this.#clock.after(timeout, () => this.#expire(call));
    void this.#dispatch.run(call).then((reply) => this.#answer(call, reply));
  }

  cancel(id: number): void {
    const call = this.#calls.get(id);
    if (call === undefined || call.cancelled) return;
    call.cancelled = true;
    call.abort(abortError('The call was cancelled'));
  }

  credit(message: CreditMessage): void {
    const call = this.#calls.get(message[1]);
    if (call === undefined) return;
    const kept = call.pump ? call.pump.credit(message) : message[2] === 0;
    if (!kept) return this.#session.close('miscount');
    call.credit = message;
  }

  /** The session takes stream items again. */
  room(): void {
    for (const call of this.#calls.values()) call.pump?.run();
  }

  /** The session is over: handlers are told, nothing is sent any more. */
  abortAll(message: string): void {
    const reason = abortError(message);
    for (const call of this.#calls.values()) {
      call.cancelled = true;
      call.timer?.cancel();
      call.abort(reason);
    }
  }

  #expire(call: RunningCall): void {
    call.expired = true;
    call.abort(new ServingError('TIMEOUT', 'The deadline of the call passed'));
  }

  #answer(call: RunningCall, reply: Reply): void {
    if (reply.kind === 'stream') return this.#stream(call, reply);
    if (call.cancelled) this.#finish(call, encodeBare('end', call.id), 'prompt');
    else if (call.expired) this.#fail(call, call.signal.reason, 'prompt');
    else if (reply.kind === 'error') this.#error(call, reply.json, 'prompt');
    else this.#result(call, reply.data);
  }

  #result(call: RunningCall, data: unknown): void {
    let text: string;
    try {
      text = encodeResult(call.id, JSON.stringify(data));
    } catch (cause) {
      const failure = new ServingError('INTERNAL_SERVER_ERROR', 'The result could not be serialised', cause);
      return this.#fail(call, failure, 'prompt');
    }
    if (fits(text, this.#session.messageBytes)) return this.#finish(call, text, 'prompt');
    const failure = new ServingError('PAYLOAD_TOO_LARGE', 'The result is larger than the caller accepts');
    this.#fail(call, failure, 'prompt');
  }

  #stream(call: RunningCall, stream: Extract<Reply, { kind: 'stream' }>): void {
    const pump = new StreamPump(call.id, stream, this.#session, (failure) => {
      if (failure === undefined && call.expired) this.#fail(call, call.signal.reason, 'bulk');
      else if (failure === undefined || call.cancelled) {
        this.#finish(call, encodeBare('end', call.id), 'bulk');
      } else this.#fail(call, failure.error, 'bulk');
    });
    call.pump = pump;
    if (call.lazy.aborted) return pump.stop();
    this.#session.send(encodeBare('started', call.id), 'prompt');
    if (call.credit) pump.credit(call.credit);
    pump.run();
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
    if (this.#session.queued > limits.answerBytes.default) this.#session.close('overflow');
  }
}

/** What platform functions that take a signal expect as its reason. */
function abortError(message: string): Error {
  const error = new Error(message);
  error.name = 'AbortError';
  return error;
}
