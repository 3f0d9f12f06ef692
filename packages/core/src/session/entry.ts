import type { CloseName, GoneReason } from '../wire/close-codes.js';
import type { Hello } from '../wire/control.js';
import type { Doorkeeper } from './doorkeeper.js';
import type { Session, SessionEnd, SessionOwner } from './session.js';

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

/** Who keeps it. */
export interface EntryOwner<R> {
  /** Its session is over. */
  sessionEnded(entry: Entry<R>, end: SessionEnd): void;
}

/** Most sessions have one socket, which carries them. */
const noLines: readonly Line[] = [];

/** A session as its server keeps it, with or without a socket. */
export class Entry<R> implements SessionOwner {
  readonly session: Session;
  readonly digest: string;
  readonly #owner: EntryOwner<R>;
  readonly doorkeeper: Doorkeeper<R>;
  /** Number of the last dial that was accepted; 0 before the first was. */
  dial = 0;
  /** The socket that carries the session. */
  line: Line | undefined;
  /** Those whose dials are not decided. */
  #dialling = noLines;
  /** Who dialled, where the application says so. */
  identity: string | undefined;
  /** Where the dial came from that was accepted last, or else the first. */
  address: string;
  /** When it ends unless it is resumed, if it has lost its socket. */
  expiresAt = 0;
  /** Until when it is spared although it is due: a dial was being decided. */
  sparedUntil: number | undefined;
  #idleResumes = 0;
  #progress = -1;

  /** `open` makes its session, and who decides about the dials of that. */
  constructor(
    owner: EntryOwner<R>,
    { digest, address }: { readonly digest: string; readonly address: string },
    open: (owner: SessionOwner) => { readonly session: Session; readonly doorkeeper: Doorkeeper<R> },
  ) {
    this.#owner = owner;
    this.digest = digest;
    this.address = address;
    const { session, doorkeeper } = open(this);
    this.session = session;
    this.doorkeeper = doorkeeper;
  }

  ended(_: Session, end: SessionEnd): void {
    this.#owner.sessionEnded(this, end);
  }

  /** Whose share of the server's memory it takes. */
  get holder(): string {
    return this.identity === undefined ? `address ${this.address}` : `identity ${this.identity}`;
  }

  /** All sockets that are concerned with it: the one that carries it, and those whose dials are not decided. */
  get lines(): readonly Line[] {
    return this.line ? [this.line, ...this.#dialling] : this.#dialling;
  }

  /** The dial of a socket is to be decided. */
  addLine(line: Line): void {
    this.#dialling = [...this.#dialling, line];
  }

  /** It is not concerned any more. */
  removeLine(line: Line): void {
    const others = this.#dialling.filter((it) => it !== line);
    this.#dialling = others.length === 0 ? noLines : others;
  }

  /** The session is over: answers the sockets that were concerned with it, and holds none of them any more. */
  release(): readonly Line[] {
    const { lines } = this;
    this.line = undefined;
    this.#dialling = noLines;
    return lines;
  }

  /** A dial was decided: from now on that socket carries the session. */
  carry(line: Line): void {
    this.removeLine(line);
    this.line = line;
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
