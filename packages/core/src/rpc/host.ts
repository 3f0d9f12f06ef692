import type { Admission, Doorkeeper, SessionHost } from '../session/doorkeeper.js';
import type { Clock, Random, Socket, SocketEvents, Turn } from '../session/ports.js';
import { Registry } from '../session/registry.js';
import type { Session, SessionEnd } from '../session/session.js';
import type { CloseName } from '../wire/close-codes.js';
import type { JsonObject } from '../wire/control.js';
import type { Limits } from '../wire/limits.js';
import type { Caller } from './connection.js';
import type { Dispatch } from './dispatch.js';
import { HawserError } from './hawser-error.js';
import type { CallRequest, CallSink } from './outgoing-call.js';
import { OutgoingCall } from './outgoing-call.js';
import type { PeerOwner } from './peer.js';
import { Peer } from './peer.js';
import { PreparingCalls } from './preparing-calls.js';

/**
 * A client's session, as the server's code sees it. It is the same object for as long as the session lives. Through it
 * the server calls the client, whether that has a socket at the moment or not; calls that have no answer when the
 * session ends reject as `session-lost`.
 */
export interface ServerSession extends Caller {
  /** A public name, for logs. Not a secret. */
  readonly id: string;
  /** Fires when the session has ended, not when a socket drops that is resumed. */
  readonly signal: AbortSignal;
  /** Told of errors that have no other way to their user. */
  readonly report: (error: unknown) => void;
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
  /** Silence after which a query or mutation of the server times out, in ms. */
  readonly timeoutMs: number;
  /** Told of errors that have no other way to their user. Must not throw. */
  readonly report: (error: unknown) => void;
}

/** One session of a host. */
class HostedSession<R> implements ServerSession, PeerOwner, Doorkeeper<R> {
  readonly peer: Peer;
  readonly #session: Session;
  readonly #options: HostOptions<R>;
  readonly #busy: Set<HostedSession<R>>;
  /** Made when somebody asks for the signal, and with the first call whose payload has to be read. */
  #ending: AbortController | undefined;
  #preparing: PreparingCalls | undefined;
  #end: SessionEnd | undefined;

  /** It is among the `busy` while it has calls of this end. */
  constructor(session: Session, options: HostOptions<R>, busy: Set<HostedSession<R>>) {
    this.#session = session;
    this.#options = options;
    this.#busy = busy;
    this.peer = new Peer(session, options, this);
  }

  get id(): string {
    return this.#session.id;
  }

  get signal(): AbortSignal {
    if (this.#ending === undefined) {
      this.#ending = new AbortController();
      if (this.#end) this.#ending.abort(endedError(this.#end));
    }
    return this.#ending.signal;
  }

  get report(): (error: unknown) => void {
    return this.#options.report;
  }

  call(request: CallRequest, sink: CallSink): OutgoingCall {
    const { clock, turn } = this.#options;
    const call = new OutgoingCall(request, sink, clock.now());
    if (this.#end) call.stop(new HawserError('session-lost', 'not-run', this.#end.name));
    else if (call.watch(clock, turn)) {
      this.#busy.add(this);
      if (request.later) this.#prepare(call, request.later);
      else this.peer.call(call);
    }
    return call;
  }

  #prepare(call: OutgoingCall, later: NonNullable<CallRequest['later']>): void {
    this.#preparing ??= new PreparingCalls(this.#options.clock);
    this.#preparing.add(call, later, {
      ready: () => this.peer.call(call),
      over: () => this.idle(),
    });
  }

  sweep(now: number): void {
    this.peer.sweep(now);
    this.#preparing?.sweep(now, this.#options.timeoutMs);
  }

  idle(): void {
    if (!this.peer.outstanding && !this.#preparing?.size) this.#busy.delete(this);
  }

  close(): void {
    this.#session.close('ended');
  }

  async admit(request: R, params: JsonObject): Promise<Admission> {
    const { createContext, identity, refuse } = this.#options;
    try {
      const context = await createContext(request, params, this);
      return {
        admitted: true,
        identity: identity?.(context),
        commit: () => {
          this.peer.context = context;
        },
      };
    } catch (failure) {
      return { admitted: false, ...refuse(failure, request) };
    }
  }

  lost(calls: readonly OutgoingCall[], end: SessionEnd): void {
    this.#end = end;
    this.#busy.delete(this);
    this.#ending?.abort(endedError(end));
    for (const call of calls) call.lose(new HawserError('session-lost', call.outcome, end.name));
    this.#preparing?.stop(() => new HawserError('session-lost', 'not-run', end.name));
  }
}

function endedError({ name }: SessionEnd): Error {
  return new Error(`The session has ended (${name})`);
}

/** A server's end: the sessions of all its clients, each served by the same dispatch. */
export class Host<R> {
  readonly #registry: Registry<R>;
  readonly #busy = new Set<HostedSession<R>>();

  constructor(options: HostOptions<R>) {
    const host: SessionHost<R> = {
      created: (session) => new HostedSession(session, options, this.#busy),
      swept: (now) => {
        for (const session of this.#busy) session.sweep(now);
      },
    };
    this.#registry = new Registry({ ...options, host });
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
}
