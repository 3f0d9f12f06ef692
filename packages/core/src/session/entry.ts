import type { CloseName, GoneReason } from '../wire/close-codes.js';
import type { Hello } from '../wire/control.js';
import type { Session, SessionEnd } from './session.js';

/** Resumes that brought neither end anything new, after which a session is given up. */
const mostIdleResumes = 10;

/** A socket that is concerned with a session. */
export interface Line {
  /** Gets rid of it; the session may live on. */
  fence(): void;
  /** Whether it waits for a dial to be decided that has a lower number. */
  olderThan(dial: number): boolean;
  /** Turns it away with this word. */
  refuse(name: CloseName): void;
  /** The session is over; `reason` is for a client that asks for it. */
  sessionEnded(end: SessionEnd, reason: GoneReason): void;
}

/** A session as its server keeps it, with or without a socket. */
export class Entry {
  readonly session: Session;
  readonly digest: string;
  /** Number of the last dial that was accepted; 0 before the first was. */
  dial = 0;
  /** The socket that carries the session. */
  line: Line | undefined;
  /** All sockets that are concerned with it: the one that carries it, and those whose dials are not decided. */
  greetings: readonly Line[] = [];
  /** Who dialled, where the application says so. */
  identity: string | undefined;
  /** Whose share of the server's memory it takes. */
  owner: string;
  /** When it ends unless it is resumed. */
  expiresAt: number = Number.POSITIVE_INFINITY;
  /** Until when it is spared although it is due: a dial was being decided. */
  sparedUntil: number | undefined;
  #idleResumes = 0;
  #progress = -1;

  constructor(session: Session, digest: string, owner: string) {
    this.session = session;
    this.digest = digest;
    this.owner = owner;
  }

  /** A socket begins to be concerned with it. */
  addLine(line: Line): void {
    this.greetings = [...this.greetings, line];
  }

  /** It is so no more. */
  removeLine(line: Line): void {
    this.greetings = this.greetings.filter((it) => it !== line);
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
