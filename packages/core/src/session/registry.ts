import type { Hello, Welcome } from '../wire/control.js';
import type { Limits } from '../wire/limits.js';
import type { Doorkeeper } from './doorkeeper.js';
import type { GreetingOwner, Verdict } from './greeting.js';
import { Greeting } from './greeting.js';
import type { Clock, Random, Socket, SocketEvents, Timer, Turn } from './ports.js';
import type { SessionEnd } from './session.js';
import { Session } from './session.js';

export interface RegistryOptions<R> {
  readonly doorkeeper: Doorkeeper<R>;
  readonly clock: Clock;
  readonly random: Random;
  readonly turn: Turn;
  /** SHA-256 of a secret, in any spelling: secrets themselves are not kept. */
  readonly digest: (secret: string) => string;
  readonly limits: Limits;
  /** How long a new socket may take to say `hello`. */
  readonly handshakeMs: number;
}

interface Entry<R> {
  readonly session: Session;
  readonly digest: string;
  dial: number;
  greeting: Greeting<R>;
}

/** The sessions of a server: accepts sockets, finds or makes the session of each, ends them. */
export class Registry<R> implements GreetingOwner<R> {
  readonly options: RegistryOptions<R>;
  /** Names this run of the server. */
  readonly instance: string;
  readonly #entries = new Map<string, Entry<R>>();
  readonly #bySession = new Map<Session, Entry<R>>();
  readonly #greetings = new Set<Greeting<R>>();
  readonly #sweepMs: number;
  #sweptAt: number;
  #timer: Timer | undefined;
  #closed = false;

  constructor(options: RegistryOptions<R>) {
    this.options = options;
    this.instance = options.random.secret().slice(0, 8);
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
    if (this.#closed) greeting.refuse('going-away');
    else this.#greetings.add(greeting);
    this.#arm();
    return greeting;
  }

  /** Ends every session and closes every socket; later sockets are turned away. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const greeting of [...this.#greetings]) greeting.refuse('going-away');
  }

  /**
   * Finds or makes the session that a `hello` asks for. A `hello` that fails changes nothing; one that resumes,
   * with no window, shows that the session's old line is dead.
   */
  present(hello: Hello, greeting: Greeting<R>): Verdict {
    const digest = this.options.digest(hello.secret);
    const known = this.#entries.get(digest);
    if (hello.mode === 'resume') return this.#resume(hello, known);
    if (known) return { kind: 'refused', name: 'known-secret' };
    const session = new Session(this.options.random.secret().slice(0, 12), this.options, {
      ended: (ended, end) => this.#ended(ended, end),
    });
    const entry: Entry<R> = { session, digest, dial: hello.dial, greeting };
    this.#entries.set(digest, entry);
    this.#bySession.set(session, entry);
    this.options.doorkeeper.created(session);
    return { kind: 'session', session };
  }

  welcome(session: Session): Welcome {
    const { sent, received } = session;
    const { limits } = this.options;
    return { session: session.id, server: this.instance, resumed: false, sent, received, limits };
  }

  /** A socket is gone, or will be. With no window, so is its session. */
  left(greeting: Greeting<R>, session: Session | undefined, name: SessionEnd['name']): void {
    this.#greetings.delete(greeting);
    session?.detach();
    session?.end({ name });
  }

  #resume(hello: Hello, known: Entry<R> | undefined): Verdict {
    if (known && hello.dial <= known.dial) return { kind: 'refused', name: 'stale-dial' };
    known?.greeting.drop();
    const restarted = hello.server !== undefined && hello.server !== this.instance;
    return { kind: 'gone', reason: restarted ? 'restarted' : 'off' };
  }

  #ended(session: Session, end: SessionEnd): void {
    const entry = this.#bySession.get(session);
    if (!entry) return;
    this.#bySession.delete(session);
    this.#entries.delete(entry.digest);
    entry.greeting.sessionEnded(end);
  }

  #arm(): void {
    if (this.#closed || this.#timer || this.#greetings.size === 0) return;
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
    this.#timer = undefined;
    this.#arm();
  }
}
