import type { CloseName, GoneReason } from '../wire/close-codes.js';
import { closeCodes, isCloseName } from '../wire/close-codes.js';
import type { Hello, Welcome } from '../wire/control.js';
import { encodeControl, isControl } from '../wire/control.js';
import { fits, isControlFrame, parseFrame, utf8Length } from '../wire/frame.js';
import type { Limits } from '../wire/limits.js';
import { limits } from '../wire/limits.js';
import type { Admission, Doorkeeper } from './doorkeeper.js';
import type { Clock, Socket, SocketEvents } from './ports.js';
import type { Session, SessionEnd } from './session.js';

/** What became of a `hello`. */
export type Verdict =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'gone'; readonly reason: GoneReason }
  | { readonly kind: 'refused'; readonly name: CloseName };

/** Who keeps the sessions that sockets ask for. */
export interface GreetingOwner<R> {
  readonly options: {
    readonly doorkeeper: Doorkeeper<R>;
    readonly clock: Clock;
    readonly limits: Limits;
    readonly handshakeMs: number;
  };
  /** Finds or makes the session that a `hello` asks for; a `hello` that fails changes nothing. */
  present(hello: Hello, greeting: Greeting<R>): Verdict;
  welcome(session: Session): Welcome;
  /** The socket is gone, or will be, and with it the line of the session that it carried or was opening. */
  left(greeting: Greeting<R>, session: Session | undefined, name: SessionEnd['name']): void;
}

interface Admitting {
  readonly name: 'admitting';
  readonly session: Session;
  readonly since: number;
  readonly held: string[];
  bytes: number;
}

/**
 * - `awaiting`: no `hello` yet, or the last one was answered with `gone`
 * - `admitting`: the doorkeeper decides; early frames are held
 * - `attached`: frames belong to the session
 * - `over`: late events of the socket are ignored
 */
type State =
  | { readonly name: 'awaiting'; readonly since: number; readonly onlyOpen: boolean }
  | Admitting
  | { readonly name: 'attached'; readonly session: Session }
  | { readonly name: 'over' };

/** One socket at a server, from its upgrade on: the handshake, then a pipe into its session. */
export class Greeting<R> implements SocketEvents {
  readonly #owner: GreetingOwner<R>;
  readonly #socket: Socket;
  readonly #request: R;
  #state: State;

  constructor(owner: GreetingOwner<R>, socket: Socket, request: R) {
    this.#owner = owner;
    this.#socket = socket;
    this.#request = request;
    this.#state = { name: 'awaiting', since: owner.options.clock.now(), onlyOpen: false };
  }

  frame(data: string | Uint8Array): void {
    switch (this.#state.name) {
      case 'attached':
        return this.#state.session.receive(data);
      case 'awaiting':
        return this.#receiveHello(data, this.#state.onlyOpen);
      case 'admitting':
        return this.#hold(data, this.#state);
      case 'over':
        return;
      default:
        this.#state satisfies never;
    }
  }

  drained(): void {
    if (this.#state.name === 'attached') this.#state.session.drained();
  }

  closed(_code: number): void {
    this.#leave('off');
  }

  sweep(now: number, late: boolean): void {
    const state = this.#state;
    if (state.name === 'over') return;
    if (state.name === 'attached') {
      if (state.session.sweep(now, late) === 'dead') this.drop();
    } else if (!late && now - state.since >= this.#owner.options.handshakeMs) {
      this.refuse(state.name === 'awaiting' ? 'handshake-timeout' : 'trouble');
    }
  }

  /** Says why and closes the socket; a session that was being opened on it is over. */
  refuse(name: CloseName, error?: unknown): void {
    if (this.#state.name === 'over') return;
    this.#socket.send(encodeControl(error === undefined ? ['bye', name] : ['bye', name, error]));
    this.#leave(name, () => this.#socket.close(closeCodes[name].code, name));
  }

  /** Gets rid of a dead or replaced socket. */
  drop(): void {
    this.#leave('off', () => this.#socket.terminate());
  }

  /** The session has ended. One that was attached has closed the socket; one that never was could not. */
  sessionEnded(end: SessionEnd): void {
    if (this.#state.name === 'admitting') this.refuse(isCloseName(end.name) ? end.name : 'ended');
    this.#leave('off');
  }

  /** A socket may tell its close while it is being closed: by then it must not matter any more. */
  #leave(name: SessionEnd['name'], part?: () => void): void {
    const session = 'session' in this.#state ? this.#state.session : undefined;
    this.#state = { name: 'over' };
    part?.();
    this.#owner.left(this, session, name);
  }

  #receiveHello(data: string | Uint8Array, onlyOpen: boolean): void {
    if (typeof data !== 'string') return this.refuse('malformed');
    if (!fits(data, limits.earlyBytes.default)) return this.refuse('too-large');
    const frame = parseFrame(data);
    if (frame === undefined) return this.refuse('malformed');
    if (!isControlFrame(frame)) return this.refuse('unexpected');
    if (!isControl(frame)) return this.refuse('malformed');
    if (frame[0] === 'bye') return this.refuse('closed');
    if (frame[0] !== 'hello' || (onlyOpen && frame[1].mode !== 'open')) return this.refuse('unexpected');
    this.#greet(frame[1]);
  }

  #greet(hello: Hello): void {
    const verdict = this.#owner.present(hello, this);
    if (verdict.kind === 'refused') return this.refuse(verdict.name);
    if (verdict.kind === 'gone') {
      this.#socket.send(encodeControl(['gone', verdict.reason]));
      this.#state = { name: 'awaiting', since: this.#owner.options.clock.now(), onlyOpen: true };
      return;
    }
    const { session } = verdict;
    const { doorkeeper, clock } = this.#owner.options;
    this.#state = { name: 'admitting', session, since: clock.now(), held: [], bytes: 0 };
    void doorkeeper
      .admit(session, this.#request, hello.params ?? {})
      .then((it) => this.#decided(session, it));
  }

  #hold(data: string | Uint8Array, state: Admitting): void {
    if (typeof data !== 'string') return this.refuse('malformed');
    state.bytes += utf8Length(data);
    if (data.startsWith('["')) return this.#receiveWhileAdmitting(data);
    if (state.held.length === limits.earlyFrames.default || state.bytes > limits.earlyBytes.default) {
      return this.refuse('too-many');
    }
    state.held.push(data);
  }

  #receiveWhileAdmitting(data: string): void {
    const frame = parseFrame(data);
    if (frame === undefined || !isControl(frame)) return this.refuse('malformed');
    this.refuse(frame[0] === 'bye' ? 'closed' : 'unexpected');
  }

  #decided(session: Session, admission: Admission): void {
    const state = this.#state;
    if (state.name !== 'admitting' || state.session !== session) return;
    if (!admission.admitted) return this.refuse(admission.name, admission.error);
    admission.commit();
    this.#socket.send(encodeControl(['welcome', this.#owner.welcome(session)]));
    this.#state = { name: 'attached', session };
    session.attach(this.#socket, this.#owner.options.limits, state.held);
  }
}
