import type { FrameData } from '../wire/binary-frame.js';
import type { CloseName, GoneReason } from '../wire/close-codes.js';
import { closeCodes, closeName, endsSession, isCloseName } from '../wire/close-codes.js';
import type { Hello, Welcome } from '../wire/control.js';
import { encodeControl, isControl } from '../wire/control.js';
import { fits, isControlFrame, parseFrame, utf8Length } from '../wire/frame.js';
import type { Limits } from '../wire/limits.js';
import { limits } from '../wire/limits.js';
import type { Admission, Admitted } from './doorkeeper.js';
import type { Entry } from './entry.js';
import { readFrame } from './frame-reader.js';
import type { Ledger } from './ledger.js';
import type { Clock, Socket, SocketEvents } from './ports.js';
import type { SessionEnd } from './session.js';

/** Why a `hello` does not get its session. */
export type Objection =
  | { readonly kind: 'gone'; readonly reason: GoneReason }
  | { readonly kind: 'refused'; readonly name: CloseName };

/** What became of a `hello`. */
export type Verdict<R> = { readonly kind: 'session'; readonly entry: Entry<R> } | Objection;

/** Who keeps the sessions that sockets ask for. */
export interface GreetingOwner<R> {
  readonly options: {
    readonly clock: Clock;
    readonly limits: Limits;
    readonly handshakeMs: number;
  };
  /** Finds or makes the session that a `hello` asks for; changes nothing of one that exists. */
  present(hello: Hello, greeting: Greeting<R>, request: R): Verdict<R>;
  /** Why a dial that was let in cannot have its session after all. */
  objection(dial: PendingDial<R>, admitted: Admitted): Objection | undefined;
  /** Takes the session from the socket that carried it, and answers what the new one is to be told. */
  handOver(dial: PendingDial<R>, admitted: Admitted): Welcome;
  /** The dial of a socket came to nothing, by this word if it was told one; or it was accepted, but for no socket. */
  parted(greeting: Greeting<R>, dial: PendingDial<R>, name: CloseName | undefined): void;
  /** The socket that carried a session is gone. */
  dropped(greeting: Greeting<R>, entry: Entry<R>, code: number): void;
  /** The socket is gone, or will be, and nothing is to be expected of it. */
  left(greeting: Greeting<R>): void;
  /** Counts the early frames of all dials that are not decided. */
  readonly earlyLedger: Ledger;
}

/** A `hello` that is being decided about. */
export interface PendingDial<R> {
  readonly entry: Entry<R>;
  readonly hello: Hello;
  readonly request: R;
  readonly since: number;
  /** Early frames, until they are carried out or let go. */
  readonly held: FrameData[];
  heldBytes: number;
  /** With what its socket was closed meanwhile. */
  code: number | undefined;
}

interface Awaiting<R> {
  readonly name: 'awaiting';
  readonly since: number;
  readonly onlyOpen: boolean;
  /** Let go of once there is a session: it may be large. */
  readonly request: R;
}

/**
 * - `awaiting`: no `hello` yet, or the last one was answered with `gone`
 * - `admitting`: the doorkeeper decides; early frames are held
 * - `orphaned`: the doorkeeper decides, and the socket is gone meanwhile
 * - `leaving`: likewise, and the client said `bye`
 * - `attached`: frames belong to the session
 * - `over`: late events of the socket are ignored
 */
type State<R> =
  | Awaiting<R>
  | { readonly name: 'admitting' | 'orphaned' | 'leaving'; readonly dial: PendingDial<R> }
  | { readonly name: 'attached'; readonly entry: Entry<R> }
  | { readonly name: 'over' };

/** One socket at a server, from its upgrade on: the handshake, then a pipe into its session. */
export class Greeting<R> implements SocketEvents {
  readonly #owner: GreetingOwner<R>;
  readonly #socket: Socket;
  #state: State<R>;

  constructor(owner: GreetingOwner<R>, socket: Socket, request: R) {
    this.#owner = owner;
    this.#socket = socket;
    this.#state = { name: 'awaiting', since: owner.options.clock.now(), onlyOpen: false, request };
  }

  frame(data: FrameData): void {
    const state = this.#state;
    switch (state.name) {
      case 'attached':
        return state.entry.session.receive(data);
      case 'awaiting':
        return this.#receiveHello(data, state);
      case 'admitting':
        return this.#hold(data, state.dial);
      case 'orphaned':
      case 'leaving':
      case 'over':
        return;
      default:
        state satisfies never;
    }
  }

  drained(): void {
    if (this.#state.name === 'attached') this.#state.entry.session.drained();
  }

  closed(code: number): void {
    const state = this.#state;
    if (state.name === 'attached') this.#drop(state.entry, code);
    else if (state.name === 'admitting') this.#orphan(state.dial, code);
    else if (state.name === 'awaiting') this.#leave();
  }

  sweep(now: number, late: boolean): void {
    const state = this.#state;
    if (state.name === 'over') return;
    if (state.name === 'attached') {
      if (state.entry.session.sweep(now, late) === 'dead') this.fence();
      return;
    }
    const since = 'dial' in state ? state.dial.since : state.since;
    if (late || now - since < this.#owner.options.handshakeMs) return;
    this.refuse(state.name === 'awaiting' ? 'handshake-timeout' : 'trouble');
  }

  /** Says why, if anybody listens, and closes the socket: what it asked for will not be. */
  refuse(name: CloseName, error?: unknown): void {
    const state = this.#state;
    if (state.name === 'over' || state.name === 'attached') return;
    const listening = state.name === 'awaiting' || state.name === 'admitting';
    if (listening)
      this.#socket.send(encodeControl(error === undefined ? ['bye', name] : ['bye', name, error]));
    if ('dial' in state) this.#part(state.dial, name);
    else this.#leave();
    if (listening) this.#socket.close(closeCodes[name].code, name);
  }

  /** Gets rid of a dead or replaced socket; its session may live on. */
  fence(): void {
    const state = this.#state;
    // A socket may tell its close while it is being closed: by then it must not matter any more.
    this.#state = { name: 'over' };
    this.#socket.terminate();
    this.#owner.left(this);
    if (state.name === 'attached') this.#owner.dropped(this, state.entry, 1006);
    else if ('dial' in state) {
      this.#release(state.dial);
      this.#owner.parted(this, state.dial, undefined);
    }
  }

  olderThan(dial: number): boolean {
    return 'dial' in this.#state && this.#state.dial.hello.dial < dial;
  }

  /** The session has ended. One that was attached has closed the socket; one that never was could not. */
  sessionEnded(end: SessionEnd, reason: GoneReason): void {
    const state = this.#state;
    if ('dial' in state) this.#release(state.dial);
    if (state.name !== 'admitting') return this.#leave();
    if (state.dial.hello.mode === 'resume') return this.#sayGone(reason, state.dial.request);
    this.refuse(isCloseName(end.name) ? end.name : 'ended');
  }

  /** The socket of a dial that is being decided about is gone. */
  #orphan(dial: PendingDial<R>, code: number): void {
    dial.code = code;
    const name = closeName(code);
    const over = name !== undefined && endsSession(name);
    if (over || this.#owner.options.limits.window === 0) this.#part(dial, name);
    else this.#state = { name: 'orphaned', dial };
  }

  /** Lets go of the early frames of a dial that is decided. */
  #release(dial: PendingDial<R>): readonly FrameData[] {
    this.#owner.earlyLedger.add(-dial.heldBytes);
    dial.heldBytes = 0;
    return dial.held.splice(0);
  }

  #drop(entry: Entry<R>, code: number): void {
    this.#leave();
    this.#owner.dropped(this, entry, code);
  }

  #part(dial: PendingDial<R>, name: CloseName | undefined): void {
    this.#release(dial);
    this.#leave();
    this.#owner.parted(this, dial, name);
  }

  #leave(): void {
    this.#state = { name: 'over' };
    this.#owner.left(this);
  }

  #receiveHello(data: FrameData, { onlyOpen, request }: Awaiting<R>): void {
    if (typeof data !== 'string') return this.#refuseBinary(data);
    if (!fits(data, limits.earlyBytes.default)) return this.refuse('too-large');
    const frame = parseFrame(data);
    if (frame === undefined) return this.refuse('malformed');
    if (!isControlFrame(frame)) return this.refuse('unexpected');
    if (!isControl(frame)) return this.refuse('malformed');
    if (frame[0] === 'bye') return this.refuse('closed');
    if (frame[0] !== 'hello' || (onlyOpen && frame[1].mode !== 'open')) return this.refuse('unexpected');
    this.#greet(frame[1], request);
  }

  #refuseBinary(data: Uint8Array): void {
    if (data.length > limits.earlyBytes.default) return this.refuse('too-large');
    const inbound = readFrame(data, this.#owner.options.limits);
    this.refuse(inbound.kind === 'violation' ? inbound.name : 'unexpected');
  }

  #greet(hello: Hello, request: R): void {
    const verdict = this.#owner.present(hello, this, request);
    if (verdict.kind !== 'session') return this.#object(verdict, request);
    const { entry } = verdict;
    const { clock } = this.#owner.options;
    const dial = {
      entry,
      hello,
      request,
      since: clock.now(),
      held: [],
      heldBytes: 0,
      code: undefined,
    };
    this.#state = { name: 'admitting', dial };
    void entry.doorkeeper
      .admit(request, hello.params ?? {})
      .then((admission) => this.#decided(dial, admission));
  }

  #object(objection: Objection, request: R): void {
    if (objection.kind === 'refused') return this.refuse(objection.name);
    const state = this.#state;
    if (state.name === 'orphaned' || state.name === 'leaving') return this.#part(state.dial, undefined);
    this.#sayGone(objection.reason, request);
    if (state.name === 'admitting') this.#owner.parted(this, state.dial, undefined);
  }

  #sayGone(reason: GoneReason, request: R): void {
    this.#socket.send(encodeControl(['gone', reason]));
    this.#state = { name: 'awaiting', since: this.#owner.options.clock.now(), onlyOpen: true, request };
  }

  #hold(data: FrameData, dial: PendingDial<R>): void {
    const bytes = dial.heldBytes + (typeof data === 'string' ? utf8Length(data) : data.length);
    if (bytes > limits.earlyBytes.default) return this.refuse('too-many');
    if (typeof data === 'string' && data.startsWith('["')) return this.#receiveWhileAdmitting(data, dial);
    if (dial.hello.mode === 'resume') return this.refuse('unexpected');
    if (dial.held.length === limits.earlyFrames.default) return this.refuse('too-many');
    if (this.#owner.earlyLedger.full) return this.refuse('overloaded');
    this.#owner.earlyLedger.add(bytes - dial.heldBytes);
    dial.heldBytes = bytes;
    dial.held.push(data);
  }

  #receiveWhileAdmitting(data: string, dial: PendingDial<R>): void {
    const frame = parseFrame(data);
    if (frame === undefined || !isControl(frame)) return this.refuse('malformed');
    if (frame[0] !== 'bye') return this.refuse('unexpected');
    if (dial.hello.mode === 'open') return this.refuse('closed');
    // Whether it may end the session is being decided.
    this.#state = { name: 'leaving', dial };
    this.#socket.close(closeCodes.closed.code, 'closed');
  }

  #decided(dial: PendingDial<R>, admission: Admission): void {
    const state = this.#state;
    // A dial that was told `bye` is void, whatever the doorkeeper says later.
    if (!('dial' in state) || state.dial !== dial) return;
    if (!admission.admitted) return this.refuse(admission.name, admission.error);
    const objection = this.#owner.objection(dial, admission);
    if (objection) return this.#object(objection, dial.request);
    const held = this.#release(dial);
    admission.commit();
    const welcome = this.#owner.handOver(dial, admission);
    const { session } = dial.entry;
    if (state.name === 'admitting') {
      this.#socket.send(encodeControl(['welcome', welcome]));
      this.#state = { name: 'attached', entry: dial.entry };
      dial.entry.carry(this);
      const { sent, received } = dial.hello;
      const { resumed } = welcome;
      session.attach(this.#socket, this.#owner.options.limits, { resumed, sent, received });
    } else this.#part(dial, undefined);
    if (state.name === 'leaving') session.end({ name: 'closed' });
    for (const frame of held) session.receive(frame);
  }
}
