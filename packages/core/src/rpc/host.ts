import type { Admission, Doorkeeper } from '../session/doorkeeper.js';
import type { Clock, Random, Socket, SocketEvents, Turn } from '../session/ports.js';
import { Registry } from '../session/registry.js';
import type { Session, SessionEnd } from '../session/session.js';
import type { CloseName } from '../wire/close-codes.js';
import type { JsonObject } from '../wire/control.js';
import type { Limits } from '../wire/limits.js';
import type { Dispatch } from './dispatch.js';
import { HawserError } from './hawser-error.js';
import { LazySignal } from './lazy-signal.js';
import type { OutgoingCall } from './outgoing-call.js';
import { Peer } from './peer.js';

/** A client's session, as the server's code sees it. It is the same object for as long as the session lives. */
export interface ServerSession {
  /** A public name, for logs. Not a secret. */
  readonly id: string;
  /** Fires when the session has ended, not when a socket drops that is resumed. */
  readonly signal: AbortSignal;
  /** Ends the session: its calls are aborted, its socket is closed, the client is told and makes a new one. */
  close(): void;
}

export interface HostOptions<R> {
  readonly dispatch: Dispatch;
  /** Makes what handlers get as their context; runs for each dial. */
  readonly createContext: (request: R, params: JsonObject, session: ServerSession) => unknown;
  /** What the client is told when `createContext` fails: by name, with the error's shape. Must not throw. */
  readonly refuse: (failure: unknown, request: R) => { readonly name: CloseName; readonly error: unknown };
  readonly clock: Clock;
  readonly random: Random;
  readonly turn: Turn;
  readonly digest: (secret: string) => string;
  /** Who a context belongs to: a session is resumed only by whom it was opened by. It may throw what `createContext` may. */
  readonly identity?: ((context: unknown) => string | undefined) | undefined;
  /** Where a request comes from; stands in for an identity when memory is shared out. */
  readonly address: (request: R) => string;
  readonly limits: Limits;
  readonly handshakeMs: number;
  /** Bound on what all sessions hold for their clients, in characters. */
  readonly keptBytes: number;
  /** Sessions without a socket that are kept. */
  readonly absentSessions: number;
}

/** One session of a host. */
class Guest implements ServerSession {
  readonly peer: Peer;
  readonly #session: Session;
  readonly #ending = new LazySignal();

  constructor(session: Session, { clock, dispatch }: Pick<HostOptions<never>, 'clock' | 'dispatch'>) {
    this.#session = session;
    this.peer = new Peer(session, {
      clock,
      dispatch,
      timeoutMs: Number.POSITIVE_INFINITY,
      idle: () => {},
      lost: (calls, end) => this.#lost(calls, end),
    });
  }

  get id(): string {
    return this.#session.id;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  close(): void {
    this.#session.close('ended');
  }

  #lost(calls: readonly OutgoingCall[], end: SessionEnd): void {
    this.#ending.abort(new Error(`The session has ended (${end.name})`));
    for (const call of calls) call.lose(new HawserError('session-lost', call.outcome, end.name));
  }
}

/** A server's end: the sessions of all its clients, each served by the same dispatch. */
export class Host<R> {
  readonly #options: HostOptions<R>;
  readonly #registry: Registry<R>;
  readonly #guests = new WeakMap<Session, Guest>();

  constructor(options: HostOptions<R>) {
    this.#options = options;
    const doorkeeper: Doorkeeper<R> = {
      created: (session) => void this.#guests.set(session, new Guest(session, options)),
      admit: (session, request, params) => this.#admit(session, request, params),
    };
    this.#registry = new Registry({ ...options, doorkeeper });
  }

  /** Sessions alive. */
  get size(): number {
    return this.#registry.size;
  }

  /** Takes an upgraded socket in; its events go to what comes back. */
  accept(socket: Socket, request: R): SocketEvents {
    return this.#registry.accept(socket, request);
  }

  /** Ends every session; later sockets are turned away. */
  close(): void {
    this.#registry.close();
  }

  async #admit(session: Session, request: R, params: JsonObject): Promise<Admission> {
    const guest = this.#guests.get(session) as Guest;
    try {
      const context = await this.#options.createContext(request, params, guest);
      return {
        admitted: true,
        identity: this.#options.identity?.(context),
        commit() {
          guest.peer.context = context;
        },
      };
    } catch (failure) {
      return { admitted: false, ...this.#options.refuse(failure, request) };
    }
  }
}
