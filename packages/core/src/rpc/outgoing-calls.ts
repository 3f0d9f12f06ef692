import { Outgoing } from '../session/outgoing.js';
import type { Clock } from '../session/ports.js';
import type { Session } from '../session/session.js';
import type { StreamRow } from '../wire/attachment-rows.js';
import type {
  EndMessage,
  ErrorMessage,
  GapMessage,
  ItemMessage,
  MessageOptions,
  PositionMessage,
  ResultMessage,
  StartedMessage,
} from '../wire/message.js';
import { encodeBare, encodeCall, encodeCredit, messageKinds, readValue } from '../wire/message.js';
import type { Found } from './attachments.js';
import { CallQueue } from './call-queue.js';
import { HawserError } from './hawser-error.js';
import { IdTable } from './id-table.js';
import type { IncomingStream } from './incoming-stream.js';
import type { CallTable, OutgoingCall } from './outgoing-call.js';
import type { Progress } from './stream-pump.js';
import type { Streams } from './streams.js';

/** Messages about a call, from its callee. */
export type ReplyMessage =
  | ResultMessage
  | ErrorMessage
  | StartedMessage
  | ItemMessage
  | EndMessage
  | PositionMessage
  | GapMessage;

/** Calls that wait at a caller beyond this, in number or in characters, are rejected. */
const maxQueued = 65_536;
const maxWaiting = 16 * 1024 * 1024;

export interface OutgoingCallsOptions {
  readonly clock: Clock;
  /** Silence after which a query or mutation times out, in ms. */
  readonly timeoutMs: number;
  /** The last call got its final message. */
  readonly idle: () => void;
}

/** The calls that this end made on one session. */
export class OutgoingCalls implements CallTable {
  readonly session: Session;
  /** The streams of inputs, and those of results. */
  readonly #streams: Streams;
  readonly #options: OutgoingCallsOptions;
  /** In flight; a cancelled call stays until its final message, as it does at the callee. */
  readonly #calls = new IdTable<OutgoingCall>();
  /** Waiting for a place among the calls in flight. */
  readonly #queue = new CallQueue();
  #lastId = 0;

  constructor(session: Session, streams: Streams, options: OutgoingCallsOptions) {
    this.session = session;
    this.#streams = streams;
    this.#options = options;
  }

  get size(): number {
    return this.#calls.size + this.#queue.size;
  }

  start(call: OutgoingCall): void {
    call.table = this;
    call.id = 0;
    call.message = undefined;
    call.owed = undefined;
    call.inputs = undefined;
    call.queued = false;
    if (this.#queue.size >= maxQueued || this.#waitingLength > maxWaiting) {
      call.stop(new HawserError('queue-full', call.outcome));
    } else if (streamsOf(call) > this.session.limits.calls) {
      call.stop(new HawserError('too-large', call.outcome));
    } else if (this.#queue.isFree(call) && this.#hasPlace(call)) this.#admit(call);
    else this.#queue.push(call);
  }

  /** Measures the calls that have not left by the limits that are in force now. */
  limited(): void {
    const { calls } = this.session.limits;
    const waiting: OutgoingCall[] = [];
    let left = 0;
    for (const call of this.#calls.values()) {
      const { message } = call;
      if (message?.state !== 'waiting') left++;
      else if (this.session.admits(message) && streamsOf(call) <= calls) waiting.push(call);
      else call.stop(new HawserError('too-large', call.outcome));
    }
    // Whoever was told of one that is too large may have given up another.
    const open = waiting.filter((call) => !call.settled);
    const back = this.#surplusOf(open, left);
    for (const call of back) this.#callBack(call);
    this.#queue.prepend(back);
    this.fill();
  }

  /** Those of the calls that have no place beside the ones that left. */
  #surplusOf(calls: readonly OutgoingCall[], left: number): readonly OutgoingCall[] {
    const most = this.session.limits.calls;
    let places = most - left;
    let streams = calls.reduce((sum, call) => sum + streamsOf(call), most - this.#streams.size);
    return calls.filter((call) => {
      const fits = places > 0 && streamsOf(call) <= streams;
      if (!fits) return true;
      places--;
      streams -= streamsOf(call);
      return false;
    });
  }

  cancel(call: OutgoingCall): void {
    if (call.left) this.session.send(encodeBare('cancel', call.id), 'reply');
    else if (call.message) {
      this.#withdraw(call, call.message);
      this.#free(call.id);
    } else if (call.queued) {
      this.#queue.drop(call);
      // It may have waited for more than those behind it need.
      this.fill();
    }
  }

  credit(call: OutgoingCall, consumed: number, items: number, bytes: number): void {
    const { message } = call;
    if (message === undefined || !this.#calls.has(call.id)) return;
    const text = encodeCredit(call.id, consumed, items, bytes);
    if (call.left) return this.session.send(text, 'reply');
    // Credit must not overtake its call; what is paid later says all that this does.
    call.owed = text;
    message.left = () => this.#left(call);
  }

  flooded(): void {
    this.session.close('too-many');
  }

  receive(message: ReplyMessage, found: readonly Found[]): void {
    const call = this.#calls.get(message[1]);
    if (call === undefined || call.outputs) return;
    const streams = message[0] === messageKinds.result ? message[3]?.streams : undefined;
    if (streams?.length) return this.#openOutputs(call, message as ResultMessage, streams, found);
    const final = isFinal(message);
    if (final) this.#free(call.id);
    if (call.settled) return;
    if (final) call.finish();
    call.heardAt = this.session.heardAt;
    this.#tell(call, message, found);
  }

  /** A part of an answer has come. */
  heard(id: number): void {
    const call = this.#calls.get(id);
    if (call) call.heardAt = this.session.heardAt;
  }

  /** Rejects the calls of which nothing was heard for too long. */
  sweep(now: number): void {
    const overdue: OutgoingCall[] = [];
    for (const call of this.#open()) if (call.overdue(now, this.#options.timeoutMs)) overdue.push(call);
    for (const call of overdue) call.stop(new HawserError('timeout', call.outcome));
  }

  /** Rejects the calls that have not left. */
  refuse(reason: string, shape: unknown): void {
    const waiting = [...this.#open()].filter((call) => !call.left);
    for (const call of waiting) call.stop(new HawserError('refused', call.outcome, reason), shape);
  }

  /** Gives up the calls that are not settled, in the order they were made. */
  surrender(): OutgoingCall[] {
    const calls = [...this.#open()].sort((one, other) => one.serial - other.serial);
    this.#calls.clear();
    this.#queue.clear();
    return calls;
  }

  /** The result holds streams: the call is in flight until they are over. */
  #openOutputs(
    call: OutgoingCall,
    [, id, data, options]: ResultMessage,
    rows: readonly StreamRow[],
    found: readonly Found[],
  ): void {
    let open = rows.length;
    const over = (): void => {
      if (--open > 0) return;
      call.finish();
      this.#free(id);
    };
    const streams: Found[] = [];
    for (const [path, stream] of rows) {
      const value = this.#streams.incoming.open(stream, { over });
      // There cannot be such a stream, and the session is over.
      if (value === undefined) return;
      streams.push({ path, value });
    }
    call.outputs = streams.map(({ value }) => value as IncomingStream);
    if (!call.settled) call.sink.result(readValue(data, options), [...found, ...streams]);
  }

  /** Takes back the message of a call, and with it the streams that would have followed it. */
  #withdraw(call: OutgoingCall, message: Outgoing): void {
    this.session.withdraw(message, 'call');
    message.left = call.owed = undefined;
    if (call.inputs) this.#streams.outgoing.forget(call.inputs);
  }

  *#open(): Iterable<OutgoingCall> {
    for (const call of this.#calls.values()) if (!call.settled) yield call;
    for (const call of this.#queue) if (!call.settled) yield call;
  }

  #tell(call: OutgoingCall, message: ReplyMessage, found: readonly Found[]): void {
    switch (message[0]) {
      case messageKinds.result:
        return call.sink.result(readValue(message[2], message[3]), found);
      case messageKinds.error:
        return call.sink.error(message[2]);
      case messageKinds.started:
        return call.sink.started();
      case messageKinds.item:
        return call.sink.item(readValue(message[2], message[4]), message[3] ?? undefined, found);
      case messageKinds.end:
        return call.sink.end();
      case messageKinds.position:
        return call.sink.position(message[2]);
      case messageKinds.gap:
        return call.sink.gap(message[2], message[3]);
      default:
        message satisfies never;
    }
  }

  #admit(call: OutgoingCall): void {
    const { type, path } = call.request;
    const { json, sections } = call.payload;
    const id = ++this.#lastId;
    this.#openInputs(call);
    const text = encodeCall(type, id, path, json, this.#optionsOf(call));
    const message = new Outgoing(
      text,
      sections?.map(({ data }) => data),
    );
    if (!this.session.admits(message)) {
      if (call.inputs) this.#streams.outgoing.forget(call.inputs);
      return call.stop(new HawserError('too-large', call.outcome));
    }
    call.id = id;
    call.message = message;
    if (call.inputs) message.left = () => this.#left(call);
    this.#calls.add(call);
    this.session.send(message, 'call');
  }

  /** The message of a call is in a frame: what had to follow it may. */
  #left(call: OutgoingCall): void {
    call.inputs?.start();
    if (call.owed !== undefined) this.session.send(call.owed, 'reply');
    call.owed = undefined;
  }

  /** Whether the other end takes a call, and the streams of its input. */
  #hasPlace(call: OutgoingCall): boolean {
    return this.#calls.size < this.session.limits.calls && this.#streams.admits(streamsOf(call));
  }

  /** Gives the streams of an input their ids. */
  #openInputs(call: OutgoingCall): void {
    const { streams } = call.payload;
    if (streams === undefined || streams.length === 0) return;
    const told = (it: Progress): void => {
      call.heardAt = this.#options.clock.now();
      try {
        if (!call.settled) call.request.progress?.(it);
      } catch (cause) {
        call.stop(new HawserError('callback', call.outcome, undefined, cause));
      }
    };
    call.inputs = this.#streams.outgoing.open(streams, { progress: told });
  }

  #optionsOf(call: OutgoingCall): MessageOptions | undefined {
    const { after, deadlineAt, inputs } = call;
    const { sections } = call.payload;
    if (after === undefined && deadlineAt === undefined && !inputs && !sections) return undefined;
    const left = deadlineAt === undefined ? undefined : deadlineAt - this.#options.clock.now();
    // What is undefined is left out of the JSON.
    return {
      after,
      timeout: left === undefined ? undefined : Math.max(0, Math.ceil(left)),
      bytes: sections?.map(({ row }) => row),
      streams: inputs?.rows,
    };
  }

  /** Characters that are held here; bytes are the caller's own. */
  get #waitingLength(): number {
    return this.session.waiting('call') + this.session.leavingInParts('call').text + this.#queue.length;
  }

  /** Takes a message that has not left out of the calls in flight. */
  #callBack(call: OutgoingCall): void {
    if (call.message) this.#withdraw(call, call.message);
    this.#calls.delete(call.id);
    call.message = call.inputs = undefined;
  }

  #free(id: number): void {
    this.#calls.delete(id);
    this.fill();
    if (this.#calls.size === 0) this.#options.idle();
  }

  /** Gives the places that are free to those that wait, in their order. */
  fill(): void {
    const fits = (call: OutgoingCall): boolean => this.#hasPlace(call);
    for (let call = this.#queue.shift(fits); call; call = this.#queue.shift(fits)) this.#admit(call);
  }
}

function streamsOf({ payload }: OutgoingCall): number {
  return payload.streams?.length ?? 0;
}

function isFinal(message: ReplyMessage): boolean {
  const kind = message[0];
  return kind === messageKinds.result || kind === messageKinds.error || kind === messageKinds.end;
}
