import type { Session } from '../session/session.js';
import { IncomingStreams } from './incoming-streams.js';
import type { StreamPlaces } from './outgoing-streams.js';
import { OutgoingStreams } from './outgoing-streams.js';
import { StreamTurns } from './stream-turns.js';

/** What carries the streams of a session. Most sessions have none at a time: each part is made when it is needed. */
export class Streams {
  readonly #session: Session;
  readonly #places: StreamPlaces;
  #turns: StreamTurns | undefined;
  #outgoing: OutgoingStreams | undefined;
  #incoming: IncomingStreams | undefined;

  constructor(session: Session, places: StreamPlaces) {
    this.#session = session;
    this.#places = places;
  }

  /** Those of this end that wait for room. */
  get turns(): StreamTurns {
    this.#turns ??= new StreamTurns();
    return this.#turns;
  }

  /** The streams inside values that this end sends. */
  get outgoing(): OutgoingStreams {
    this.#outgoing ??= new OutgoingStreams(this.#session, this.turns, this.#places);
    return this.#outgoing;
  }

  /** The streams inside values that the other end sends. */
  get incoming(): IncomingStreams {
    this.#incoming ??= new IncomingStreams(this.#session);
    return this.#incoming;
  }

  /** Streams that this end sends, and that are not over at the other. */
  get size(): number {
    return this.#outgoing?.size ?? 0;
  }

  /** Whether the other end takes so many more. */
  admits(count: number): boolean {
    return this.size + count <= this.#session.limits.calls;
  }
}
