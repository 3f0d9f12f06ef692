import type { Arrival } from '../session/delivery.js';
import type { Clock } from '../session/ports.js';
import type { Session, SessionEnd, SessionHandler } from '../session/session.js';
import type { Message } from '../wire/message.js';
import { bytesRows, messageKinds } from '../wire/message.js';
import type { Found } from './attachments.js';
import { materialise } from './attachments.js';
import type { Dispatch } from './dispatch.js';
import { IncomingCalls } from './incoming-calls.js';
import { IncomingStreams } from './incoming-streams.js';
import type { OutgoingCall } from './outgoing-call.js';
import { OutgoingCalls } from './outgoing-calls.js';
import type { StreamPlaces } from './outgoing-streams.js';
import { OutgoingStreams } from './outgoing-streams.js';
import { StreamTurns } from './stream-turns.js';

export interface PeerOptions {
  readonly clock: Clock;
  /** Runs the calls of the other end. */
  readonly dispatch: Dispatch;
  /** Silence after which a query or mutation of this end times out, in ms. */
  readonly timeoutMs: number;
}

/** Whose calls they are. */
export interface PeerOwner {
  /** The last call of this end got its final message. */
  idle(): void;
  /** The session has ended, and these calls of this end have no answer. */
  lost(calls: readonly OutgoingCall[], end: SessionEnd): void;
}

/** One end of a session that can call and be called: the same at a client and at a server. */
export class Peer implements SessionHandler, StreamPlaces {
  readonly #options: PeerOptions;
  readonly #owner: PeerOwner;
  readonly #session: Session;
  /** Most servers never call their clients. */
  #outgoing: OutgoingCalls | undefined;
  readonly #incoming: IncomingCalls;
  readonly #turns = new StreamTurns();
  readonly #sent: OutgoingStreams;
  readonly #received: IncomingStreams;
  /** What the calls of the other end get as their context, from now on. */
  context: unknown;

  constructor(session: Session, options: PeerOptions, owner: PeerOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#session = session;
    const turns = this.#turns;
    const outgoing = new OutgoingStreams(session, turns, this);
    const incoming = new IncomingStreams(session);
    this.#sent = outgoing;
    this.#received = incoming;
    const { clock, dispatch } = options;
    this.#incoming = new IncomingCalls(session, { clock, dispatch, turns, outgoing, incoming });
    session.handler = this;
  }

  get outstanding(): boolean {
    return this.#outgoing !== undefined && this.#outgoing.size > 0;
  }

  call(call: OutgoingCall): void {
    this.#outgoing ??= this.#makeOutgoing();
    this.#outgoing.start(call);
  }

  /** The server said no: calls that have not left are rejected. */
  refuse({ name, error }: SessionEnd): void {
    this.#outgoing?.refuse(name, error);
  }

  sweep(now: number): void {
    this.#outgoing?.sweep(now);
  }

  limited(): void {
    this.#outgoing?.limited();
  }

  room(): boolean {
    return this.#turns.give(this.#session.room);
  }

  ended(end: SessionEnd): void {
    this.#incoming.abortAll(`The session has ended (${end.name})`);
    this.#owner.lost(this.#outgoing?.surrender() ?? [], end);
  }

  freed(): void {
    this.#outgoing?.fill();
  }

  arriving(id: number | undefined): void {
    if (id !== undefined) this.#outgoing?.heard(id);
  }

  #makeOutgoing(): OutgoingCalls {
    const { clock, timeoutMs } = this.#options;
    return new OutgoingCalls(this.#session, {
      clock,
      timeoutMs,
      idle: () => this.#owner.idle(),
      outgoing: this.#sent,
      incoming: this.#received,
    });
  }

  message(message: Message, arrival: Arrival): void {
    const found = arrival.sections.length > 0 ? foundIn(message, arrival.sections) : none;
    switch (message[0]) {
      case messageKinds.query:
      case messageKinds.mutation:
      case messageKinds.subscription:
        return this.#incoming.start(message, found, arrival.inParts, this.#session.arrived?.context);
      case messageKinds.cancel:
        return message[1] < 0 ? this.#sent.cancel(message[1]) : this.#incoming.cancel(message[1]);
      case messageKinds.credit:
        return message[1] < 0 ? this.#sent.credit(message) : this.#incoming.credit(message);
      case messageKinds.error:
      case messageKinds.item:
      case messageKinds.end:
      case messageKinds.gap:
        if (message[1] < 0) return this.#received.receive(message, found);
        return this.#outgoing?.receive(message, found);
      case messageKinds.result:
      case messageKinds.started:
      case messageKinds.position:
        return this.#outgoing?.receive(message, found);
      default:
        message satisfies never;
    }
  }
}

const none: readonly Found[] = [];

/** What the byte sections of a message are, and where they belong. */
function foundIn(message: Message, sections: readonly Uint8Array[]): readonly Found[] {
  const rows = bytesRows(message) ?? [];
  return rows.map((row, index) => ({ path: row[0], value: materialise(row, sections[index] as Uint8Array) }));
}
