import { Fifo } from '../session/fifo.js';
import type { Clock } from '../session/ports.js';
import type { Session } from '../session/session.js';
import { fits } from '../wire/frame.js';
import type { Limits } from '../wire/limits.js';
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
import { HawserError } from './hawser-error.js';
import type { CallTable, OutgoingCall } from './outgoing-call.js';

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

/** Settled calls that the queue keeps before it looks through all to let go of them. */
const maxStale = 1024;

/** The calls that this end made on one session. */
export class OutgoingCalls implements CallTable {
  readonly #session: Session;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #idle: () => void;
  /** In flight; a cancelled call stays until its final message, as it does at the callee. */
  readonly #calls = new Map<number, OutgoingCall>();
  /** Waiting for a place among the calls in flight. */
  readonly #queue = new Fifo<OutgoingCall>();
  /** Calls in the queue that were settled there. */
  #stale = 0;
  /** Characters of the inputs in the queue. */
  #queuedLength = 0;
  #lastId = 0;

  constructor(session: Session, clock: Clock, timeoutMs: number, idle: () => void) {
    this.#session = session;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#idle = idle;
  }

  get size(): number {
    return this.#calls.size + this.#queued;
  }

  get arrived(): Session {
    return this.#session;
  }

  get limits(): Limits {
    return this.#session.limits;
  }

  start(call: OutgoingCall): void {
    call.table = this;
    call.id = 0;
    call.message = undefined;
    call.credit = undefined;
    call.queued = false;
    if (this.#queued >= maxQueued || this.#session.waiting('call') + this.#queuedLength > maxWaiting) {
      call.stop(new HawserError('queue-full', call.outcome));
    } else if (this.#calls.size < this.#session.limits.calls) this.#admit(call);
    else {
      this.#enqueue(call);
      this.#queue.push(call);
    }
  }

  /** Measures the calls that have not left by the limits that are in force now. */
  limited(): void {
    const surplus: OutgoingCall[] = [];
    let room = this.#session.limits.calls;
    for (const call of [...this.#calls.values()]) {
      const waits = call.message?.state === 'waiting';
      if (waits && !fits(call.message?.text ?? '', this.#session.messageBytes)) {
        call.stop(new HawserError('too-large', call.outcome));
      } else if (waits && room <= 0) surplus.push(call);
      else room--;
    }
    // Whoever was told of one that is too large may have given up another.
    const back = surplus.filter((call) => !call.settled);
    for (const call of back) this.#callBack(call);
    this.#queue.prepend(back);
    this.#fill();
  }

  cancel(call: OutgoingCall): void {
    if (call.left) this.#session.send(encodeBare('cancel', call.id), 'reply');
    else if (call.message) {
      this.#session.withdraw(call.message, 'call');
      this.#withdrawCredit(call);
      this.#free(call.id);
    } else if (call.queued) this.#unqueue(call);
  }

  credit(call: OutgoingCall, consumed: number, items: number, bytes: number): void {
    if (!this.#calls.has(call.id)) return;
    // Answers overtake calls, and credit must overtake neither its call nor older credit.
    this.#withdrawCredit(call);
    const text = encodeCredit(call.id, consumed, items, bytes);
    if (call.left) return this.#session.send(text, 'reply');
    call.credit = { text, state: 'waiting' };
    this.#session.send(call.credit, 'call');
  }

  flooded(): void {
    this.#session.close('too-many');
  }

  receive(message: ReplyMessage): void {
    const call = this.#calls.get(message[1]);
    if (call === undefined) return;
    const final = isFinal(message);
    if (final) this.#free(call.id);
    if (call.settled || (final && !call.settle())) return;
    call.heardAt = this.#clock.now();
    this.#tell(call, message);
  }

  /** Rejects the calls of which nothing was heard for too long. */
  sweep(now: number): void {
    const overdue: OutgoingCall[] = [];
    for (const call of this.#open()) {
      const patient = call.request.type === 'subscription' || call.request.timeoutMs !== undefined;
      if (!patient && now - call.heardAt >= this.#timeoutMs) overdue.push(call);
    }
    for (const call of overdue) call.stop(new HawserError('timeout', call.outcome));
  }

  /** Rejects the calls that have not left. */
  refuse(reason: string, shape: unknown): void {
    const waiting = [...this.#open()].filter((call) => !call.left);
    for (const call of waiting) call.stop(new HawserError('refused', call.outcome, reason), shape);
  }

  /** Gives up the calls that are not settled, in the order they were made. */
  surrender(): OutgoingCall[] {
    const calls = [...this.#open()];
    this.#calls.clear();
    this.#queue.clear();
    this.#stale = this.#queuedLength = 0;
    return calls;
  }

  #withdrawCredit(call: OutgoingCall): void {
    if (call.credit?.state === 'waiting') this.#session.withdraw(call.credit, 'call');
    call.credit = undefined;
  }

  *#open(): Iterable<OutgoingCall> {
    for (const call of this.#calls.values()) if (!call.settled) yield call;
    for (const call of this.#queue) if (!call.settled) yield call;
  }

  #tell(call: OutgoingCall, message: ReplyMessage): void {
    switch (message[0]) {
      case messageKinds.result:
        return call.sink.result(readValue(message[2], message[3]));
      case messageKinds.error:
        return call.sink.error(message[2]);
      case messageKinds.started:
        return call.sink.started();
      case messageKinds.item:
        return call.sink.item(readValue(message[2], message[4]), message[3] ?? undefined);
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
    const { type, path, json } = call.request;
    const id = ++this.#lastId;
    const text = encodeCall(type, id, path, json, this.#options(call));
    if (!fits(text, this.#session.messageBytes)) {
      return call.stop(new HawserError('too-large', call.outcome));
    }
    call.id = id;
    call.message = { text, state: 'waiting' };
    this.#calls.set(id, call);
    this.#session.send(call.message, 'call');
  }

  #options(call: OutgoingCall): MessageOptions | undefined {
    const { after, deadlineAt } = call;
    if (after === undefined && deadlineAt === undefined) return undefined;
    const options: { after?: string; timeout?: number } = {};
    if (after !== undefined) options.after = after;
    if (deadlineAt !== undefined) options.timeout = Math.max(0, Math.ceil(deadlineAt - this.#clock.now()));
    return options;
  }

  get #queued(): number {
    return this.#queue.size - this.#stale;
  }

  #enqueue(call: OutgoingCall): void {
    call.queued = true;
    this.#queuedLength += call.request.json?.length ?? 0;
  }

  #dequeue(call: OutgoingCall): void {
    call.queued = false;
    this.#queuedLength -= call.request.json?.length ?? 0;
  }

  /** Takes a message that has not left out of the calls in flight. */
  #callBack(call: OutgoingCall): void {
    if (call.message) this.#session.withdraw(call.message, 'call');
    this.#withdrawCredit(call);
    this.#calls.delete(call.id);
    call.message = undefined;
    this.#enqueue(call);
  }

  #unqueue(call: OutgoingCall): void {
    this.#dequeue(call);
    this.#stale++;
    if (this.#stale < maxStale || this.#stale * 2 < this.#queue.size) return;
    this.#queue.retain((it) => it.queued);
    this.#stale = 0;
  }

  #free(id: number): void {
    this.#calls.delete(id);
    this.#fill();
    if (this.#calls.size === 0) this.#idle();
  }

  /** Gives the places that are free to those that wait. */
  #fill(): void {
    while (this.#calls.size < this.#session.limits.calls) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      if (!next.queued) this.#stale--;
      else {
        this.#dequeue(next);
        this.#admit(next);
      }
    }
  }
}

function isFinal(message: ReplyMessage): boolean {
  const kind = message[0];
  return kind === messageKinds.result || kind === messageKinds.error || kind === messageKinds.end;
}
