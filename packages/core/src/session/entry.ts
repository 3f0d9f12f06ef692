import type { Hello } from '../wire/control.js';
import type { Greeting } from './greeting.js';
import type { Session } from './session.js';

/** Resumes that brought neither end anything new, after which a session is given up. */
const mostIdleResumes = 10;

/** A session as its server keeps it, with or without a socket. */
export class Entry<R> {
  readonly session: Session;
  readonly digest: string;
  /** Number of the last dial that was accepted; 0 before the first was. */
  dial = 0;
  /** The socket that carries the session. */
  line: Greeting<R> | undefined;
  /** All sockets that are concerned with it: the one that carries it, and those whose dials are not decided. */
  readonly greetings = new Set<Greeting<R>>();
  /** Who dialled, where the application says so. */
  identity: string | undefined;
  /** Whose share of the server's memory it takes. */
  owner: string;
  /** When it ends unless it is resumed. */
  expiresAt: number = Number.POSITIVE_INFINITY;
  #idleResumes = 0;
  #progress = 0;

  constructor(session: Session, digest: string, owner: string) {
    this.session = session;
    this.digest = digest;
    this.owner = owner;
  }

  /** Whether a dial of it was ever accepted. */
  get accepted(): boolean {
    return this.dial > 0;
  }

  /** Notes a resume that is let in; answers whether too many in a row have come to nothing. */
  givesUp({ sent, received }: Hello): boolean {
    const counts = this.session.counts;
    const waiting = received < counts.sent || counts.received < sent;
    const progress = received + counts.received;
    this.#idleResumes = waiting && progress === this.#progress ? this.#idleResumes + 1 : 0;
    this.#progress = progress;
    return this.#idleResumes >= mostIdleResumes;
  }
}
