import type { Arrival } from '../session/delivery.js';
import type { Clock } from '../session/ports.js';
import type { Session, SessionEnd, SessionHandler } from '../session/session.js';
import type { Message } from '../wire/message.js';
import { bytesRows, messageKinds } from '../wire/message.js';
import type { Found } from './attachments.js';
import { materialise } from './attachments.js';
import type { Dispatch } from './dispatch.js';
import { IncomingCalls } from './incoming-calls.js';
import type { OutgoingCall } from './outgoing-call.js';
import { OutgoingCalls } from './outgoing-calls.js';
import type { StreamPlaces } from './outgoing-streams.js';
import { Streams } from './streams.js';

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
  /** Each made with the first call: most servers never call their clients, and many clients wait for long. */
  #outgoing: OutgoingCalls | undefined;
  #incoming: IncomingCalls | undefined;
  readonly #streams: Streams;
  /** What the calls of the other end get as their context, from now on. */
  context: unknown;

  constructor(session: Session, options: PeerOptions, owner: PeerOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#session = session;
    this.#streams = new Streams(session, this);
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
    return this.#streams.turns.give(this.#session.room);
  }

  ended(end: SessionEnd): void {
    this.#incoming?.abortAll(`The session has ended (${end.name})`);
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
    const idle = (): void => this.#owner.idle();
    return new OutgoingCalls(this.#session, this.#streams, { clock, timeoutMs, idle });
  }

  message(message: Message, arrival: Arrival): void {
    const found = arrival.sections.length > 0 ? foundIn(message, arrival.sections) : none;
    switch (message[0]) {
      case messageKinds.query:
      case messageKinds.mutation:
      case messageKinds.subscription:
        this.#incoming ??= new IncomingCalls(this.#session, this.#streams, this.#options);
        return this.#incoming.start(message, found, arrival.inParts, this.#session.arrived?.context);
      case messageKinds.cancel:
        if (message[1] < 0) return this.#streams.outgoing.cancel(message[1]);
        return this.#incoming?.cancel(message[1]);
      case messageKinds.credit:
        if (message[1] < 0) return this.#streams.outgoing.credit(message);
        return this.#incoming?.credit(message);
      case messageKinds.error:
      case messageKinds.item:
      case messageKinds.end:
      case messageKinds.gap:
        if (message[1] < 0) return this.#streams.incoming.receive(message, found);
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
