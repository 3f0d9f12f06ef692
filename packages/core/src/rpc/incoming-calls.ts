import type { LaneName } from '../session/outgoing.js';
import { Outgoing, wholeLength } from '../session/outgoing.js';
import type { Clock, Timer } from '../session/ports.js';
import { longestTimerMs } from '../session/ports.js';
import type { Session } from '../session/session.js';
import { limits } from '../wire/limits.js';
import type { CallMessage, CallType, CreditMessage } from '../wire/message.js';
import { callType, encodeBare, encodeError, encodeGap, encodeResult, readValue } from '../wire/message.js';
import type { Found } from './attachments.js';
import type { Dispatch, IncomingCall, Reply, ResultReply, ValueStream } from './dispatch.js';
import { ServingError } from './dispatch.js';
import { IdTable } from './id-table.js';
import type { IncomingStream } from './incoming-stream.js';
import type { SentStreams } from './outgoing-streams.js';
import type { PumpFailure, PumpOptions } from './stream-pump.js';
import { StreamPump } from './stream-pump.js';
import { closeSources } from './stream-source.js';
import type { Streams } from './streams.js';

/** A call that runs here. */
class RunningCall implements IncomingCall {
  readonly id: number;
  readonly type: CallType;
  readonly path: string;
  readonly input: unknown;
  readonly after: string | undefined;
  readonly found: readonly Found[];
  readonly context: unknown;
  /** The streams of its input, by id. */
  readonly inputs: ReadonlyMap<number, IncomingStream>;
  /** Made when somebody reads the signal: most handlers never do, and it is not cheap. */
  #controller: AbortController | undefined;
  #reason: unknown;
  /**
   * Once it is not `running`, what its handler does is told to nobody: the final message of a `cancelled` call is
   * a bare `end`, that of an `expired` one says that the caller's deadline passed.
   */
  fate: 'running' | 'cancelled' | 'expired' = 'running';
  pump: StreamPump | undefined;
  /** The streams of its result, which was sent: the call is in flight until they are over. */
  outputs: SentStreams | undefined;
  /** Its answer, while that travels in parts. */
  answer: Outgoing | undefined;
  /** Credit that came before its stream had started. */
  credit: CreditMessage | undefined;
  timer: Timer | undefined;

  constructor(
    message: CallMessage,
    found: readonly Found[],
    inputs: ReadonlyMap<number, IncomingStream>,
    context: unknown,
  ) {
    const [kind, id, path, input, options] = message;
    this.id = id;
    this.type = callType(kind);
    this.path = path;
    this.input = readValue(input, options);
    this.after = options?.after;
    this.found = found;
    this.inputs = inputs;
    this.context = context;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.cancelled) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  get cancelled(): boolean {
    return this.fate !== 'running';
  }

  /** The first fate stays. */
  meet(fate: 'cancelled' | 'expired', reason: unknown): void {
    if (this.fate !== 'running') return;
    this.fate = fate;
    this.#reason = reason;
    this.#controller?.abort(reason);
    this.pump?.stop(undefined);
    this.outputs?.stop(fate === 'expired' ? { error: reason } : undefined);
    for (const stream of this.inputs.values()) stream.fail(reason);
  }
}

const noInputs: ReadonlyMap<number, IncomingStream> = new Map();

export interface IncomingCallsOptions {
  readonly clock: Clock;
  readonly dispatch: Dispatch;
}

/** The calls that the other end made on one session, and that run here. Each gets one final message. */
export class IncomingCalls {
  readonly #session: Session;
  /** The streams of inputs, and those of results. */
  readonly #streams: Streams;
  readonly #options: IncomingCallsOptions;
  /** In flight: from the call's arrival until its handler has ended, cancelled or not. */
  readonly #calls = new IdTable<RunningCall>();
  #lastId = 0;

  constructor(session: Session, streams: Streams, options: IncomingCallsOptions) {
    this.#session = session;
    this.#streams = streams;
    this.#options = options;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** `overtaken` says that calls which were made later may have come before it. */
  start(message: CallMessage, found: readonly Found[], overtaken: boolean, context: unknown): void {
    const id = message[1];
    if (id <= this.#lastId && !(overtaken && !this.#calls.has(id))) return this.#session.close('bad-id');
    this.#lastId = Math.max(id, this.#lastId);
    const inputs = this.#openInputs(message);
    if (inputs === undefined) return;
    const rows = message[4]?.streams;
    const all = rows ? [...found, ...rows.map(([path, it]) => ({ path, value: inputs.get(it) }))] : found;
    const call = new RunningCall(message, all, inputs, context);
    if (this.#calls.size >= this.#session.takes.calls) {
      return this.#fail(call, new ServingError('TOO_MANY_REQUESTS', 'Too many calls in flight'), 'reply');
    }
    this.#calls.add(call);
    const timeout = message[4]?.timeout;
    if (timeout !== undefined && timeout <= longestTimerMs)
      call.timer = this.#options.clock.after(timeout, () => this.#expire(call));
    void this.#options.dispatch.run(call).then((reply) => this.#answer(call, reply));
  }

  cancel(id: number): void {
    const call = this.#calls.get(id);
    if (call?.answer) this.#takeBack(call, call.answer);
    else call?.meet('cancelled', abortError('The call was cancelled'));
  }

  credit(message: CreditMessage): void {
    const call = this.#calls.get(message[1]);
    if (call === undefined) return;
    const kept = call.pump ? call.pump.credit(message) : message[2] === 0;
    if (!kept) return this.#session.close('miscount');
    const [kind, id, consumed, items = call.credit?.[3], bytes = call.credit?.[4]] = message;
    call.credit = [kind, id, consumed, items, bytes];
  }

  /** The session is over: handlers are told, nothing is sent any more. */
  abortAll(message: string): void {
    const reason = abortError(message);
    for (const call of this.#calls.values()) {
      call.timer?.cancel();
      call.meet('cancelled', reason);
      // Those whose message had not left were to be stopped after that.
      call.outputs?.stop({ error: reason });
    }
  }

  /** Undefined, and the end of the session, if there cannot be such streams. */
  #openInputs(message: CallMessage): ReadonlyMap<number, IncomingStream> | undefined {
    const rows = message[4]?.streams;
    if (rows === undefined) return noInputs;
    const inputs = new Map<number, IncomingStream>();
    for (const [, id] of rows) {
      const stream = this.#streams.incoming.open(id, { over: () => inputs.delete(id) });
      if (stream === undefined) return undefined;
      inputs.set(id, stream);
    }
    return inputs;
  }

  #expire(call: RunningCall): void {
    call.meet('expired', new ServingError('TIMEOUT', 'The deadline of the call passed'));
  }

  #answer(call: RunningCall, reply: Reply): void {
    if (reply.kind === 'stream') return this.#stream(call, reply, reply.gap);
    if (reply.kind === 'feed') return this.#stream(call, reply.feed);
    if (reply.kind === 'error') {
      if (call.cancelled) this.#finishFated(call, 'reply');
      else this.#error(call, reply.json, 'reply');
    } else if (call.cancelled) {
      closeSources(reply.streams);
      this.#finishFated(call, 'reply');
    } else this.#result(call, reply);
  }

  #result(call: RunningCall, reply: ResultReply): void {
    let failure: ServingError;
    try {
      const message = this.#resultMessage(call, reply);
      if (this.#session.admits(message)) return this.#finish(call, message, 'reply');
      failure = new ServingError('PAYLOAD_TOO_LARGE', 'The result is larger than the caller accepts');
    } catch (cause) {
      failure =
        cause instanceof ServingError
          ? cause
          : new ServingError('INTERNAL_SERVER_ERROR', 'The result could not be serialised', cause);
    }
    if (call.outputs) this.#streams.outgoing.forget(call.outputs);
    call.outputs = undefined;
    closeSources(reply.streams);
    this.#fail(call, failure, 'reply');
  }

  /** May throw what `JSON.stringify` throws. */
  #resultMessage(call: RunningCall, { data, sections, streams }: ResultReply): string | Outgoing {
    const json = JSON.stringify(data) as string | undefined;
    if (!sections && !streams) {
      const text = encodeResult(call.id, json);
      return text.length > wholeLength ? new Outgoing(text) : text;
    }
    const outputs = streams && this.#openOutputs(call, streams);
    const bytes = sections?.map(({ row }) => row);
    const message = new Outgoing(
      encodeResult(call.id, json, { bytes, streams: outputs?.rows }),
      sections?.map((section) => section.data),
    );
    if (outputs) message.left = () => outputs.start();
    return message;
  }

  /** Gives the streams of a result their ids. Throws if there are too many. */
  #openOutputs(call: RunningCall, streams: readonly ValueStream[]): SentStreams {
    if (!this.#streams.admits(streams.length)) {
      throw new ServingError('TOO_MANY_REQUESTS', 'Too many streams are under way');
    }
    const over = (): void => {
      if (call.outputs?.open === 0) this.#over(call);
    };
    // Whoever wants nothing of the result any more wants its handler to stop, wherever it waits.
    const abandoned = (): void =>
      call.meet('cancelled', abortError('The streams of the result were cancelled'));
    call.outputs = this.#streams.outgoing.open(streams, { over, abandoned });
    return call.outputs;
  }

  #stream(call: RunningCall, stream: PumpOptions['stream'], gap?: string): void {
    const done = (failure: PumpFailure): void => {
      if (call.cancelled) this.#finishFated(call, 'stream');
      else if (failure) this.#fail(call, failure.error, 'stream');
      else this.#finish(call, encodeBare('end', call.id), 'stream');
    };
    const { turns } = this.#streams;
    const pump = new StreamPump({ id: call.id, stream, session: this.#session, turns, done });
    call.pump = pump;
    if (call.cancelled) return pump.stop(undefined);
    this.#session.send(encodeBare('started', call.id), 'reply');
    if (gap !== undefined) this.#session.send(encodeGap(call.id, gap), 'stream');
    if (call.credit) pump.credit(call.credit);
    pump.run();
  }

  #finishFated(call: RunningCall, lane: LaneName): void {
    if (call.fate === 'expired') this.#fail(call, call.signal.reason, lane);
    else this.#finish(call, encodeBare('end', call.id), lane);
  }

  #fail(call: RunningCall, failure: unknown, lane: LaneName): void {
    this.#error(call, this.#options.dispatch.fail(call, failure), lane);
  }

  #error(call: RunningCall, json: string, lane: LaneName): void {
    const text = encodeError(call.id, json);
    if (this.#session.admits(text)) return this.#finish(call, text, lane);
    const failure = new ServingError('PAYLOAD_TOO_LARGE', 'The error is larger than the caller accepts');
    this.#finish(call, encodeError(call.id, this.#options.dispatch.fail(call, failure)), lane);
  }

  /** Its caller does not want the answer any more, which has not left entirely. */
  #takeBack(call: RunningCall, answer: Outgoing): void {
    this.#session.withdraw(answer, 'reply');
    call.answer = undefined;
    if (call.outputs) {
      this.#streams.outgoing.forget(call.outputs);
      call.outputs.stop(undefined);
      call.outputs = undefined;
    }
    this.#finish(call, encodeBare('end', call.id), 'reply');
  }

  /** Sends the final message. */
  #finish(call: RunningCall, message: string | Outgoing, lane: LaneName): void {
    if (typeof message !== 'string' && message.inParts && lane === 'reply') this.#awaitLeaving(call, message);
    else if (!call.outputs?.open) this.#over(call);
    this.#session.send(message, lane);
    if (this.#overflows) this.#session.close('overflow');
  }

  /** An answer that travels in parts may be taken back until all of it has left. */
  #awaitLeaving(call: RunningCall, answer: Outgoing): void {
    call.answer = answer;
    const { left } = answer;
    answer.left = () => {
      call.answer = undefined;
      left?.();
      if (!call.outputs?.open) this.#over(call);
    };
  }

  /** Whether nobody takes the answers. What is in bytes is the handlers' own, but they cannot let go of it. */
  get #overflows(): boolean {
    const { text, sections } = this.#session.leavingInParts('reply');
    const { valueBytes } = this.#session.limits;
    const waiting = this.#session.waiting('reply') + text;
    return waiting > limits.answerBytes.default || sections > limits.unfinished.default * valueBytes;
  }

  /** Nothing more is to be sent for it, and nothing more of its input is going to be read. */
  #over(call: RunningCall): void {
    this.#calls.delete(call.id);
    call.timer?.cancel();
    for (const [id, stream] of call.inputs) {
      this.#streams.incoming.cancel(id);
      stream.fail(new Error('The call is over'));
    }
  }
}

/** What platform functions that take a signal expect as its reason. */
function abortError(message: string): Error {
  const error = new Error(message);
  error.name = 'AbortError';
  return error;
}
