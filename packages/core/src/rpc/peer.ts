import type { Clock } from '../session/ports.js';
import type { Session, SessionEnd, SessionHandler } from '../session/session.js';
import type { Message } from '../wire/message.js';
import { messageKinds } from '../wire/message.js';
import type { Dispatch } from './dispatch.js';
import { IncomingCalls } from './incoming-calls.js';
import type { OutgoingCall } from './outgoing-call.js';
import { OutgoingCalls } from './outgoing-calls.js';

export interface PeerOptions {
  readonly clock: Clock;
  /** Runs the calls of the other end. */
  readonly dispatch: Dispatch;
  /** Silence after which a query or mutation of this end times out, in ms. */
  readonly timeoutMs: number;
  /** The last call of this end got its final message. */
  readonly idle: () => void;
  /** The session has ended, and these calls of this end have no answer. */
  readonly lost: (calls: readonly OutgoingCall[], end: SessionEnd) => void;
}

/** One end of a session that can call and be called: the same at a client and at a server. */
export class Peer implements SessionHandler {
  readonly #options: PeerOptions;
  readonly #outgoing: OutgoingCalls;
  readonly #incoming: IncomingCalls;
  /** What the calls of the other end get as their context, from now on. */
  context: unknown;

  constructor(session: Session, options: PeerOptions) {
    this.#options = options;
    this.#outgoing = new OutgoingCalls(session, options.clock, options.timeoutMs, options.idle);
    this.#incoming = new IncomingCalls(session, options.clock, options.dispatch);
    session.handler = this;
  }

  get outstanding(): boolean {
    return this.#outgoing.size > 0;
  }

  call(call: OutgoingCall): void {
    this.#outgoing.start(call);
  }

  /** The server said no: calls that have not left are rejected. */
  refuse({ name, error }: SessionEnd): void {
    this.#outgoing.refuse(name, error);
  }

  sweep(now: number): void {
    this.#outgoing.sweep(now);
  }

  limited(): void {
    this.#outgoing.limited();
  }

  room(): boolean {
    return this.#incoming.room();
  }

  ended(end: SessionEnd): void {
    this.#incoming.abortAll(`The session has ended (${end.name})`);
    this.#options.lost(this.#outgoing.surrender(), end);
  }

  message(message: Message): void {
    switch (message[0]) {
      case messageKinds.query:
      case messageKinds.mutation:
      case messageKinds.subscription:
        return this.#incoming.start(message, this.context);
      case messageKinds.cancel:
        return this.#incoming.cancel(message[1]);
      case messageKinds.credit:
        return this.#incoming.credit(message);
      case messageKinds.result:
      case messageKinds.error:
      case messageKinds.started:
      case messageKinds.item:
      case messageKinds.end:
      case messageKinds.position:
      case messageKinds.gap:
        return this.#outgoing.receive(message);
      default:
        message satisfies never;
    }
  }
}
