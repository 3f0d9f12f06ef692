import type { GoneReason } from '../wire/close-codes.js';
import { closeCodes, endsSession, isCloseName } from '../wire/close-codes.js';
import type { JsonObject } from '../wire/control.js';
import type { Limits } from '../wire/limits.js';
import { Backoff } from './backoff.js';
import type { ConnectionState, ConnectionStatus } from './connection-status.js';
import { mayFollow } from './connection-status.js';
import type { Candidate, DialFailure } from './dial-attempt.js';
import { DialAttempt, mayExist } from './dial-attempt.js';
import { Ledger } from './ledger.js';
import type { Clock, Dial, Random, Timer, Turn } from './ports.js';
import type { SessionEnd } from './session.js';
import { Session } from './session.js';

export interface DiallerOptions {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly random: Random;
  readonly turn: Turn;
  /** Wall-clock time, for `retryAt` alone. */
  readonly wallClock: () => number;
  /** Made anew for each dial; a rejection is trouble, and is tried again. */
  readonly params: (() => JsonObject | Promise<JsonObject>) | undefined;
  readonly handshakeMs: number;
}

/** Who uses the sessions. */
export interface DiallerOwner {
  /** This session is the current one from now on. The one before it ends right after this call. */
  current(session: Session): void;
  /** The server said no, and nothing is dialled until somebody asks; the session may go on after that. */
  refused(end: SessionEnd): void;
  /** `status` is another than before. After the end of a session it may have been seen already. */
  statusChanged(): void;
  /** What `params` threw. It is tried again. */
  paramsFailed(error: unknown): void;
  /** Runs about every second while the connection dials, is open, or is `busy`. */
  swept(now: number): void;
  /** Whether something waits for a line. */
  busy(): boolean;
}

type Policy = 'redial' | 'wait';

/** Sockets for a client's sessions: dials, redials, and tells a dead line from a silent one. */
export class Dialler {
  readonly #options: DiallerOptions;
  readonly #owner: DiallerOwner;
  readonly #backoff: Backoff;
  readonly #ledger = new Ledger();
  #status: ConnectionStatus = { state: 'idle', reason: undefined, attempt: 0, retryAt: undefined };
  #candidate: Candidate;
  #attempt: DialAttempt | undefined;
  #dials = 0;
  #server: string | undefined;
  /** What the last server announced: the next is expected to announce the same. */
  #announced: Limits | undefined;
  #redial: Timer | undefined;
  #sweeper: Timer | undefined;
  /** What had come through when the last dial was accepted, in frames of both directions. */
  #carried = 0;
  /** Refusals in a row; after more than one, the next dial may be made only then. */
  #refusals = 0;
  #pausedUntil = 0;
  #sweptAt = 0;

  constructor(options: DiallerOptions, owner: DiallerOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#backoff = new Backoff(options.random);
    this.#candidate = this.#newCandidate();
    owner.current(this.#candidate.session);
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /**
   * Something is to be sent: dials if nothing is under way and no dial is planned. Whoever calls again whenever a
   * refused call rejects is slowed down like any client that fails.
   */
  want(): void {
    const { state, reason, retryAt } = this.#status;
    if (state !== 'idle' && (state !== 'waiting' || retryAt !== undefined)) return this.#sweepOn();
    const pause = this.#pausedUntil - this.#options.clock.now();
    if (state === 'idle' || pause <= 0) return this.#dial();
    this.#plan(reason ?? '', pause);
    this.#sweepOn();
    this.#owner.statusChanged();
  }

  /** Dials now, unless a dial is under way or not needed. */
  retry(): void {
    if (this.#status.state === 'idle' || this.#status.state === 'waiting') this.#dial();
  }

  /** The machine woke, or the network came back: a planned dial is made now, an open line is tried. */
  wake(): void {
    if (this.#status.state === 'connecting') {
      if (this.#attempt?.stuck) this.#attempt.drop('unreachable');
      else this.#attempt?.hurry();
    }
    if (this.#status.state === 'waiting' && this.#status.retryAt !== undefined) this.#dial();
    else if (this.#status.state === 'open') this.#candidate.session.probe();
  }

  get roundTripMs(): number | undefined {
    return this.#candidate.session.roundTripMs;
  }

  measure(): void {
    this.#candidate.session.measure();
  }

  /** Ends the session with a `bye` and stops for good. */
  close(): void {
    if (this.#status.state === 'closed') return;
    this.#redial?.cancel();
    this.#sweeper?.cancel();
    const attempt = this.#attempt;
    this.#attempt = undefined;
    this.#change('closed', 'closed');
    attempt?.close('closed');
    this.#candidate.session.end({ name: 'closed' });
  }

  #newCandidate(): Candidate {
    const { random } = this.#options;
    const owner = { ended: (ended: Session, end: SessionEnd) => this.#sessionEnded(ended, end) };
    const { clock, turn } = this.#options;
    const options = { clock, turn, ledger: this.#ledger, limits: this.#announced };
    const session = new Session(random.secret().slice(0, 12), options, owner);
    return { session, secret: random.secret(), hellos: 0, refusals: 0, welcomed: false };
  }

  #dial(): void {
    this.#redial?.cancel();
    this.#change('connecting', this.#status.reason);
    // Whoever was told may have closed the connection.
    if (this.#status.state !== 'connecting') return;
    this.#sweepOn();
    const attempt = new DialAttempt(
      {
        present: () => ({ candidate: this.#candidate, dial: ++this.#dials, server: this.#server }),
        accepted: (welcome) => {
          this.#server = welcome.server;
          this.#announced = this.#candidate.session.limits;
          this.#refusals = 0;
          this.#carried = throughput(this.#candidate.session);
          this.#backoff.accepted(this.#options.clock.now(), this.#candidate.session.limits.spread);
          this.#change('open', undefined);
        },
        gone: (reason) => this.#gone(reason),
        failed: (failure) => this.#failed(failure),
      },
      this.#options,
    );
    this.#attempt = attempt;
    attempt.start();
  }

  /** An attempt, or the socket of an open line, came to its end; the session may have outlived it. */
  #failed(failure: DialFailure): void {
    this.#attempt = undefined;
    const { session } = this.#candidate;
    const policy = policyOf(failure.reason);
    const end = { ...lostWith(failure), untouched: !mayExist(this.#candidate) };
    const ends = this.#endsSession(failure, end.untouched);
    const progress = !isCloseName(failure.reason) && throughput(session) > this.#carried;
    if (ends) this.#renew();
    this.#rest(failure.reason, policy, progress);
    if (ends) session.end(end);
    else if (policy === 'wait') this.#owner.refused(end);
    this.#owner.statusChanged();
    if (failure.reason === 'params') this.#owner.paramsFailed(failure.error);
  }

  /** Whether a session is over with the socket that failed it. */
  #endsSession({ reason }: DialFailure, untouched: boolean): boolean {
    // Without a window nothing is kept of a session that has no socket.
    if (this.#status.state === 'open' && this.#candidate.session.limits.window === 0) return true;
    if (isCloseName(reason) && endsSession(reason)) return true;
    if (reason === 'not-hawser') return !this.#candidate.welcomed;
    return untouched && policyOf(reason) === 'wait';
  }

  /** The session ended by itself: by a `bye`, or a violation. It has closed its socket. */
  #sessionEnded(session: Session, end: SessionEnd): void {
    if (session !== this.#candidate.session || this.#status.state === 'closed') return;
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.abandon();
    this.#renew();
    // Told by the owner, once it has moved the session's calls.
    this.#rest(end.name, isCloseName(end.name) ? policyOf(end.name) : 'redial', false);
  }

  /** The server has no such session: the next `hello`, on the same socket, opens another. */
  #gone(reason: GoneReason): void {
    const { session } = this.#candidate;
    const untouched = reason === 'not-opened' || !mayExist(this.#candidate);
    this.#renew();
    session.end({ name: reason, untouched });
  }

  /** A new session takes the calls that are made from now on. The one before it is about to end. */
  #renew(): void {
    this.#candidate = this.#newCandidate();
    this.#owner.current(this.#candidate.session);
  }

  /** Comes to rest until the next dial; nobody is told yet. */
  #rest(reason: string, policy: Policy, progress: boolean): void {
    const delay = this.#backoff.next(this.#options.clock.now(), progress);
    if (policy === 'redial') return this.#plan(reason, delay);
    this.#refusals++;
    this.#pausedUntil = this.#refusals > 1 ? this.#options.clock.now() + delay : 0;
    this.#enter('waiting', reason);
  }

  #plan(reason: string, delay: number): void {
    this.#redial?.cancel();
    this.#redial = this.#options.clock.after(delay, () => this.#dial());
    this.#enter('waiting', reason, this.#options.wallClock() + delay);
  }

  #change(state: ConnectionState, reason: string | undefined): void {
    this.#enter(state, reason);
    this.#owner.statusChanged();
  }

  #enter(state: ConnectionState, reason: string | undefined, retryAt?: number): void {
    const from = this.#status.state;
    if (!mayFollow(from, state)) throw new Error(`A connection cannot go from ${from} to ${state}`);
    this.#status = { state, reason, attempt: this.#backoff.attempts, retryAt };
  }

  #sweepOn(): void {
    if (this.#sweeper || this.#status.state === 'closed') return;
    this.#sweptAt = this.#options.clock.now();
    const ms = this.#candidate.session.sweepMs;
    this.#sweeper = this.#options.clock.after(ms, () => this.#sweep(ms));
  }

  #sweep(ms: number): void {
    const now = this.#options.clock.now();
    const late = now - this.#sweptAt > ms + 1000;
    // What came in while this end slept is read before anybody is judged by it.
    if (late) this.#options.turn.yield(() => this.#judge(true));
    else this.#judge(false);
  }

  #judge(late: boolean): void {
    if (this.#status.state === 'closed') return;
    const now = this.#options.clock.now();
    this.#sweeper = undefined;
    if (this.#candidate.session.sweep(now, late) === 'dead') this.#attempt?.drop('dead');
    this.#owner.swept(now);
    const { state, retryAt } = this.#status;
    const dialling = state === 'connecting' || state === 'open' || retryAt !== undefined;
    if (dialling || this.#owner.busy()) this.#sweepOn();
  }
}

/** What the table, or the lack of a row, has the client do next. */
function policyOf(reason: DialFailure['reason']): Policy {
  if (reason === 'not-hawser') return 'wait';
  return isCloseName(reason) && closeCodes[reason].client !== 'redial' ? 'wait' : 'redial';
}

function throughput({ counts }: Session): number {
  return counts.received + counts.acknowledged;
}

function lostWith({ reason, error }: DialFailure): SessionEnd {
  const named = isCloseName(reason) || reason === 'dead' || reason === 'not-hawser';
  return { name: named ? reason : 'dropped', error };
}
