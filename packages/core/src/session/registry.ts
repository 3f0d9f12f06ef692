import type { CloseName, GoneReason } from '../wire/close-codes.js';
import { closeName, endsSession } from '../wire/close-codes.js';
import type { Hello, Welcome } from '../wire/control.js';
import type { Limits } from '../wire/limits.js';
import { limits } from '../wire/limits.js';
import type { Admitted, SessionHost } from './doorkeeper.js';
import { EndedSessions } from './ended-sessions.js';
import type { EntryOwner } from './entry.js';
import { Entry } from './entry.js';
import { fairly } from './fairness.js';
import type { GreetingOwner, Objection, PendingDial, Verdict } from './greeting.js';
import { Greeting } from './greeting.js';
import { Ledger } from './ledger.js';
import type { Clock, Random, Socket, SocketEvents, Timer, Turn } from './ports.js';
import type { SessionEnd } from './session.js';
import { Session } from './session.js';
import { spreadOf } from './spread.js';

export interface RegistryOptions<R> {
  readonly host: SessionHost<R>;
  readonly clock: Clock;
  readonly random: Random;
  readonly turn: Turn;
  /** SHA-256 of a secret, in any spelling: secrets themselves are not kept. */
  readonly digest: (secret: string) => string;
  /** Where a request comes from: whose share a session takes if the application names no identity. */
  readonly address: (request: R) => string;
  readonly limits: Limits;
  /** How long a new socket may take to say `hello`. */
  readonly handshakeMs: number;
  /** Bound on what all sessions hold for their clients, in characters. */
  readonly keptBytes: number;
  /** Sessions without a socket that are kept. */
  readonly absentSessions: number;
}

/** To which share of a bound an eviction goes down. */
const relief = 0.9;

/** How much may be held for dials that are not decided, beside `keptBytes` and as a share of it. */
const earlyShare = 1 / 8;

/** Digests of sessions that have ended, kept to tell their clients why. */
const rememberedEnds = 4096;

/** The sessions of a server: accepts sockets, finds or makes the session of each, and ends them. */
export class Registry<R> implements GreetingOwner<R>, EntryOwner<R> {
  readonly options: RegistryOptions<R>;
  /** Names this run of the server. */
  readonly instance: string;
  readonly #entries = new Map<string, Entry<R>>();
  /** Sessions without a socket, the longest absent first. */
  readonly #absent = new Set<Entry<R>>();
  readonly #ended = new EndedSessions(rememberedEnds);
  readonly #greetings = new Set<Greeting<R>>();
  readonly #ledger: Ledger;
  /** What is held for dials that are not decided: no eviction would free it, so it must cause none. */
  readonly earlyLedger: Ledger;
  readonly #sweepMs: number;
  #sweptAt: number;
  #timer: Timer | undefined;
  #evicting = false;
  #closed = false;

  constructor(options: RegistryOptions<R>) {
    this.options = options;
    this.instance = options.random.secret().slice(0, 8);
    this.#ledger = new Ledger(options.keptBytes, () => this.#makeRoom());
    this.earlyLedger = new Ledger(options.keptBytes * earlyShare);
    this.#sweepMs = Math.min(1000, options.limits.heartbeat / 4, options.handshakeMs / 4);
    this.#sweptAt = options.clock.now();
  }

  /** Sessions alive, with or without a socket. */
  get size(): number {
    return this.#entries.size;
  }

  /** Takes an upgraded socket in; its events go to what comes back. */
  accept(socket: Socket, request: R): SocketEvents {
    const greeting = new Greeting(this, socket, request);
    this.#greetings.add(greeting);
    if (this.#closed) greeting.refuse('going-away');
    this.#arm();
    return greeting;
  }

  /** Ends every session and closes every socket; later sockets are turned away. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const { session } of [...this.#entries.values()]) session.close('going-away');
    for (const greeting of [...this.#greetings]) greeting.refuse('going-away');
  }

  present(hello: Hello, greeting: Greeting<R>, request: R): Verdict<R> {
    const digest = this.options.digest(hello.secret);
    const entry = this.#entries.get(digest);
    const verdict =
      hello.mode === 'open' ? this.#open(digest, entry, request) : this.#resume(digest, entry, hello);
    if (verdict.kind === 'session') verdict.entry.addLine(greeting);
    return verdict;
  }

  objection({ entry, hello }: PendingDial<R>, { identity }: Admitted): Objection | undefined {
    const name = this.#impossible(entry, hello);
    if (name) return { kind: 'refused', name };
    if (!entry.accepted) return undefined;
    if (entry.identity !== identity) return { kind: 'gone', reason: 'refused' };
    return entry.givesUp(hello) ? { kind: 'refused', name: 'stuck' } : undefined;
  }

  handOver({ entry, hello, request }: PendingDial<R>, { identity }: Admitted): Welcome {
    entry.line?.fence();
    entry.dial = hello.dial;
    // Older dials that are still being decided would come too late.
    for (const line of entry.lines) if (line.olderThan(hello.dial)) line.refuse('stale-dial');
    entry.identity = identity;
    entry.address = this.options.address(request);
    this.#absent.delete(entry);
    const { sent, received } = entry.session.counts;
    const resumed = hello.mode === 'resume';
    const announced = { ...this.options.limits, spread: this.#spread };
    return { session: entry.session.id, server: this.instance, resumed, sent, received, limits: announced };
  }

  parted(greeting: Greeting<R>, { entry, code }: PendingDial<R>, name: CloseName | undefined): void {
    const { session } = entry;
    entry.removeLine(greeting);
    if (name === 'stuck') return session.close(name);
    if (entry.line || session.ended || this.#absent.has(entry)) return;
    if (entry.accepted && this.options.limits.window > 0) return this.#keep(entry, code);
    // Of a session that was never accepted nothing has run; and no other dial is left that might be.
    if (entry.lines.length === 0) session.end({ name: name ?? 'off' });
  }

  dropped(greeting: Greeting<R>, entry: Entry<R>, code: number): void {
    entry.removeLine(greeting);
    if (entry.line !== greeting) return;
    entry.line = undefined;
    entry.session.detach();
    const { window } = this.options.limits;
    if (window === 0) return entry.session.end({ name: 'off' });
    const name = closeName(code);
    if (name && endsSession(name)) return entry.session.end({ name });
    this.#keep(entry, code);
  }

  left(greeting: Greeting<R>): void {
    this.#greetings.delete(greeting);
  }

  #open(digest: string, entry: Entry<R> | undefined, request: R): Verdict<R> {
    if (entry || this.#ended.reasonOf(digest)) return { kind: 'refused', name: 'known-secret' };
    const { clock, turn, random, host, limits } = this.options;
    const options = { clock, turn, ledger: this.#ledger, limits, announces: true };
    const opened = new Entry<R>(this, { digest, address: this.options.address(request) }, (owner) => {
      const session = new Session(random.secret().slice(0, 12), options, owner);
      return { session, doorkeeper: host.created(session) };
    });
    this.#entries.set(digest, opened);
    return { kind: 'session', entry: opened };
  }

  #resume(digest: string, entry: Entry<R> | undefined, hello: Hello): Verdict<R> {
    const off = this.options.limits.window === 0;
    const objection = entry && this.#impossible(entry, hello);
    if (entry && objection && !(off && objection === 'miscount')) return { kind: 'refused', name: objection };
    if (entry && !off) return { kind: 'session', entry };
    // With no window, whoever asks for a session shows that its line is dead.
    for (const line of entry?.lines ?? []) line.fence();
    return { kind: 'gone', reason: this.#reasonOf(digest, hello) };
  }

  /** Why there is no such session; the secret is good for none any more. */
  #reasonOf(digest: string, hello: Hello): GoneReason {
    const restarted = hello.server !== undefined && hello.server !== this.instance;
    if (this.options.limits.window === 0) return restarted ? 'restarted' : 'off';
    // A client that never heard this run's welcome still names the run before.
    const reason = this.#ended.reasonOf(digest) ?? (restarted ? 'restarted' : 'expired');
    this.#ended.add(digest, reason);
    return reason;
  }

  /** What is wrong with the numbers of a `hello` for a session that exists. */
  #impossible({ session, dial }: Entry<R>, hello: Hello): CloseName | undefined {
    if (hello.dial <= dial) return 'stale-dial';
    const { sent, received, acknowledged } = session.counts;
    const possible = hello.received >= acknowledged && hello.received <= sent && hello.sent >= received;
    return possible ? undefined : 'miscount';
  }

  get #spread(): number {
    return spreadOf(this.size, this.options.limits.spread);
  }

  /** Keeps a session whose socket is gone: not for long if that was closed in all form, as by a page that reloads. */
  #keep(entry: Entry<R>, code: number | undefined): void {
    const { window } = this.options.limits;
    const clean = code === 1000 || code === 1001;
    // Whatever closed one socket in all form may have closed those of all, and their redials are spread.
    const shortly = Math.max(limits.cleanCloseWindow.default, 2 * this.#spread);
    const ms = clean ? Math.min(window, shortly) : window;
    entry.expiresAt = this.options.clock.now() + ms;
    entry.sparedUntil = undefined;
    this.#absent.add(entry);
    if (this.#absent.size > this.options.absentSessions) this.#makeRoom();
    this.#arm();
  }

  sessionEnded(entry: Entry<R>, end: SessionEnd): void {
    this.#entries.delete(entry.digest);
    this.#absent.delete(entry);
    const reason = entry.accepted ? reasonFor(end) : 'not-opened';
    if (this.options.limits.window > 0) this.#ended.add(entry.digest, reason);
    for (const line of entry.release()) line.sessionEnded(end, reason);
  }

  /** Asks for an eviction. Sessions end outside of whatever is going on now: their handlers are told. */
  #makeRoom(): void {
    if (this.#evicting) return;
    this.#evicting = true;
    this.options.turn.yield(() => {
      this.#evicting = false;
      this.#evict();
    });
  }

  /** Goes below a bound that was passed, and some way, so that looking through all sessions is paid for once. */
  #evict(): void {
    const holderOf = (entry: Entry<R>): string => entry.holder;
    const heldBy = ({ session }: Entry<R>): number => session.held;
    if (this.#absent.size > this.options.absentSessions) {
      const enough = Math.ceil(this.options.absentSessions * relief);
      for (const { session } of fairly(this.#absent, holderOf, () => 1)) {
        if (this.#absent.size <= enough) break;
        session.end({ name: 'evicted' });
      }
    }
    if (!this.#ledger.full) return;
    const enough = this.options.keptBytes * relief;
    const live = [...this.#entries.values()].filter((entry) => !this.#absent.has(entry));
    live.sort((one, other) => heldBy(other) - heldBy(one));
    // Whoever holds most gives first, though it be of what is in use: others do not pay for it with what they left.
    for (const entry of fairly([...this.#absent, ...live], holderOf, heldBy)) {
      if (this.#ledger.held <= enough) return;
      if (this.#absent.has(entry)) entry.session.end({ name: 'evicted' });
      else if (this.#ledger.full) entry.session.close('overflow');
    }
  }

  /** A dial that came in time may take its time; those that follow it do not add to that. */
  #expire(entry: Entry<R>, now: number): void {
    entry.sparedUntil ??= now + this.options.handshakeMs;
    if (entry.lines.length === 0 || now >= entry.sparedUntil) entry.session.end({ name: 'expired' });
  }

  #arm(): void {
    if (this.#closed || this.#timer || this.#greetings.size + this.#absent.size === 0) return;
    this.#sweptAt = this.options.clock.now();
    this.#timer = this.options.clock.after(this.#sweepMs, this.#sweep);
  }

  readonly #sweep = (): void => {
    const late = this.options.clock.now() - this.#sweptAt > this.#sweepMs + 1000;
    // What came in while this end slept is read before anybody is judged by it.
    if (late) this.options.turn.yield(() => this.#judge(true));
    else this.#judge(false);
  };

  #judge(late: boolean): void {
    const now = this.options.clock.now();
    for (const greeting of this.#greetings) greeting.sweep(now, late);
    this.options.host.swept(now);
    for (const entry of this.#absent) if (now >= entry.expiresAt) this.#expire(entry, now);
    this.#timer = undefined;
    this.#arm();
  }
}

/** What a client is told of a session that has ended. */
function reasonFor({ name }: SessionEnd): GoneReason {
  return name === 'expired' || name === 'evicted' ? name : 'ended';
}
