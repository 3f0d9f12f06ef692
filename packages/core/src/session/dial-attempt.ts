import type { CloseName, GoneReason } from '../wire/close-codes.js';
import { closeCodes, closeName, isOwnCode } from '../wire/close-codes.js';
import type { Control, JsonObject, Welcome } from '../wire/control.js';
import { encodeControl, isControl, limitsOf } from '../wire/control.js';
import { fits, isControlFrame, parseFrame } from '../wire/frame.js';
import { limits } from '../wire/limits.js';
import type { Clock, Dial, DialEvents, Socket, Timer, Turn } from './ports.js';
import type { Session } from './session.js';

/** A session as the client knows it. */
export interface Candidate {
  readonly session: Session;
  readonly secret: string;
  /** In how many `hello`s it was named, and how many of them the server answered with a no. */
  hellos: number;
  refusals: number;
  /** Whether one of them was answered by `welcome`. */
  welcomed: boolean;
}

/** Whether the server may have accepted a dial of it: then it may exist there, and what left may have run. */
export function mayExist({ hellos, refusals }: Candidate): boolean {
  return hellos > refusals;
}

/**
 * Why an attempt came to nothing, or an open line broke: `params` failed, the server was `unreachable`, the
 * socket `dropped`, the line was `dead`, or there was `no-answer` to `hello`, or that of another kind of server.
 */
export interface DialFailure {
  readonly reason: CloseName | 'params' | 'unreachable' | 'dropped' | 'dead' | 'no-answer' | 'not-hawser';
  readonly error?: unknown;
}

/** A dial that takes longer is not waited for when the network comes back. */
const stuckMs = 1000;

/** How long an answer may take after a wake. */
const wakeGraceMs = 3000;

/** A deadline that is noticed so much later was slept through. */
const lateMs = 1000;

/** What a `hello` is beside its params, and more. */
const helloOverhead = 1024;

/** A copy that nobody can change any more. Throws for what no server takes: a hello must not fail later. */
function pinned(params: JsonObject): JsonObject {
  const text = JSON.stringify(params) as string | undefined;
  if (text === undefined || !text.startsWith('{'))
    throw new TypeError('The params of a connection are no object');
  const room = limits.earlyBytes.default - helloOverhead;
  if (!fits(text, room)) throw new RangeError('The params of a connection are too large');
  return JSON.parse(text) as JsonObject;
}

/** What an attempt asks of the dialler, and tells it. */
export interface AttemptOwner {
  /** The session to introduce, and the number of this `hello`. */
  present(): { readonly candidate: Candidate; readonly dial: number; readonly server: string | undefined };
  accepted(welcome: Welcome): void;
  /** The session does not exist any more; the next `present` gives another. */
  gone(reason: GoneReason): void;
  failed(failure: DialFailure): void;
}

export interface AttemptPorts {
  readonly dial: Dial;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly params: (() => JsonObject | Promise<JsonObject>) | undefined;
  /** Bound on getting the params and the socket, and again on the handshake. */
  readonly handshakeMs: number;
}

/**
 * - `dialling`: params, then the socket, are on their way
 * - `greeting`: `hello` was said
 * - `attached`: frames belong to the session
 * - `over`: late events of the socket are ignored
 */
type State = 'dialling' | 'greeting' | 'attached' | 'over';

/** One socket at a client. A new dial is a new attempt, so late events of an old one reach nobody. */
export class DialAttempt implements DialEvents {
  readonly #owner: AttemptOwner;
  readonly #ports: AttemptPorts;
  #state: State = 'dialling';
  #params: JsonObject | undefined;
  #socket: Socket | undefined;
  #candidate: Candidate | undefined;
  #resuming = false;
  #startedAt = 0;
  #deadline: Timer | undefined;
  #dueAt = 0;

  constructor(owner: AttemptOwner, ports: AttemptPorts) {
    this.#owner = owner;
    this.#ports = ports;
  }

  start(): void {
    this.#startedAt = this.#ports.clock.now();
    this.#limit();
    if (this.#ports.params === undefined) this.#socket = this.#ports.dial(this);
    else void this.#startWith(this.#ports.params);
  }

  opened(): void {
    if (this.#state !== 'dialling') return;
    this.#state = 'greeting';
    this.#sayHello();
  }

  frame(data: string | Uint8Array): void {
    if (this.#state === 'attached') this.#candidate?.session.receive(data);
    else if (this.#state === 'greeting') this.#receiveAnswer(data);
  }

  drained(): void {
    if (this.#state !== 'over') this.#candidate?.session.drained();
  }

  closed(code: number): void {
    if (this.#state === 'greeting' && isOwnCode(code)) this.#refused();
    const lost = this.#state === 'dialling' ? 'unreachable' : 'dropped';
    this.#fail({ reason: closeName(code) ?? lost });
  }

  /** Drops a socket that is believed dead, or that came to no handshake. */
  drop(reason: 'dead' | 'no-answer' | 'not-hawser' | 'unreachable'): void {
    this.#fail({ reason }, (socket) => socket.terminate());
  }

  /** The machine woke while an answer was awaited: it is not awaited for long any more. */
  hurry(): void {
    if (this.#state === 'greeting' && this.#dueAt > this.#ports.clock.now() + wakeGraceMs)
      this.#limit(wakeGraceMs);
  }

  /** Whether the network may have changed since the socket was asked for, and nothing came of it. */
  get stuck(): boolean {
    return this.#state === 'dialling' && this.#ports.clock.now() - this.#startedAt >= stuckMs;
  }

  /** Says `bye`, where somebody listens, and closes the socket without a word to the owner. */
  close(name: CloseName): void {
    if (this.#state === 'over') return;
    const dialling = this.#state === 'dialling';
    this.#leave();
    if (dialling) this.#socket?.terminate();
    else this.#bye(name);
  }

  /** Lets go of a socket that its session has closed. */
  abandon(): void {
    this.#leave();
  }

  async #startWith(params: () => JsonObject | Promise<JsonObject>): Promise<void> {
    try {
      this.#params = pinned(await params());
    } catch (error) {
      return this.#fail({ reason: 'params', error });
    }
    if (this.#state === 'dialling') this.#socket = this.#ports.dial(this);
  }

  #sayHello(): void {
    this.#limit();
    const { candidate, dial, server } = this.#owner.present();
    const { session, secret } = candidate;
    const socket = this.#socket as Socket;
    this.#resuming = candidate.hellos > 0;
    const mode = this.#resuming ? 'resume' : 'open';
    this.#candidate = candidate;
    candidate.hellos++;
    const { sent, received } = session.counts;
    socket.send(
      encodeControl(['hello', { mode, secret, dial, sent, received, params: this.#params, server }]),
    );
    if (mode === 'open') session.attachEarly(socket);
  }

  #receiveAnswer(data: string | Uint8Array): void {
    const frame = typeof data === 'string' ? parseFrame(data) : undefined;
    if (frame === undefined || !isControlFrame(frame) || !isControl(frame)) return this.drop('not-hawser');
    this.#answered(frame, this.#candidate as Candidate);
  }

  #answered(control: Control, candidate: Candidate): void {
    switch (control[0]) {
      case 'welcome':
        return this.#welcomed(control[1], candidate.session);
      case 'gone':
        if (!this.#resuming) return this.drop('not-hawser');
        this.#refused();
        candidate.session.detach();
        this.#owner.gone(control[1]);
        if (this.#state === 'greeting') this.#sayHello();
        return;
      case 'bye':
        this.#refused();
        return this.#fail({ reason: control[1], error: control[2] }, (socket) =>
          socket.close(closeCodes.closed.code, 'closed'),
        );
      default:
        return this.drop('not-hawser');
    }
  }

  #welcomed(welcome: Welcome, session: Session): void {
    if (welcome.resumed !== this.#resuming) return this.drop('not-hawser');
    const { sent, received, acknowledged } = session.counts;
    if (welcome.received > sent || welcome.received < acknowledged || welcome.sent < received) {
      session.end({ name: 'miscount' });
      return this.#bye('miscount');
    }
    this.#deadline?.cancel();
    this.#state = 'attached';
    if (this.#candidate) this.#candidate.welcomed = true;
    session.attach(this.#socket as Socket, limitsOf(welcome), welcome);
    this.#owner.accepted(welcome);
  }

  /** The server said no to the last `hello`: nothing is carried out on account of it. */
  #refused(): void {
    if (this.#candidate) this.#candidate.refusals++;
  }

  #bye(name: CloseName): void {
    this.#socket?.send(encodeControl(['bye', name]));
    this.#socket?.close(closeCodes[name].code, name);
  }

  #limit(ms = this.#ports.handshakeMs): void {
    const { clock, turn } = this.#ports;
    const dueAt = clock.now() + ms;
    this.#dueAt = dueAt;
    this.#deadline?.cancel();
    const deadline = clock.after(ms, () => {
      // What came in while this end slept is read first: the answer may be there.
      if (clock.now() - dueAt <= lateMs) return this.drop('no-answer');
      turn.yield(() => {
        if (this.#deadline === deadline && this.#state !== 'attached') this.drop('no-answer');
      });
    });
    this.#deadline = deadline;
  }

  /** A socket may tell its close while it is being closed: by then it must not matter any more. */
  #fail(failure: DialFailure, part?: (socket: Socket) => void): void {
    if (this.#state === 'over') return;
    this.#leave();
    if (this.#socket) part?.(this.#socket);
    this.#owner.failed(failure);
  }

  #leave(): void {
    this.#state = 'over';
    this.#deadline?.cancel();
    this.#candidate?.session.detach();
  }
}
