import type { CloseName, GoneReason } from '../wire/close-codes.js';
import { closeCodes } from '../wire/close-codes.js';
import type { Control } from '../wire/control.js';
import { encodeControl, encodeCounts, isControl } from '../wire/control.js';
import type { RawFrame } from '../wire/frame.js';
import { fits, isControlFrame, parseFrame, utf8Length } from '../wire/frame.js';
import type { Limits } from '../wire/limits.js';
import { defaultLimits, limits, wider } from '../wire/limits.js';
import type { Message } from '../wire/message.js';
import { isCount, isMessage } from '../wire/message.js';
import { Liveness } from './liveness.js';
import type { LaneName, Outgoing } from './outbox.js';
import { Outbox } from './outbox.js';
import type { Clock, Socket, Turn } from './ports.js';
import { socketBufferBytes } from './ports.js';
import { StreamRoom } from './stream-room.js';

/** Why a session is over: a close of the table, the word that it is gone, or what this end found of its line. */
export interface SessionEnd {
  readonly name: CloseName | GoneReason | 'dropped' | 'dead' | 'not-hawser';
  /** The error shape that came with it, if one did. */
  readonly error?: unknown;
  /** Nothing that was sent in this session has run: its only `hello` was turned away. */
  readonly untouched?: boolean;
}

/** Who carries out a session's messages. */
export interface SessionHandler {
  message(message: Message): void;
  /** The limits in force are known, or are others than before. */
  limited(): void;
  /** The stream lane has room again. Answers whether there is more to put into it. */
  room(): boolean;
  /** Once, when the session is over for good. */
  ended(end: SessionEnd): void;
  /** Whether something is expected from the other end: then a silent line is tried sooner. */
  readonly outstanding: boolean;
}

/** Who lends the session its sockets. */
export interface SessionOwner {
  ended(session: Session, end: SessionEnd): void;
}

type State = 'absent' | 'early' | 'open' | 'ended';

/** Characters after which a frame is full. */
const frameLength = 65_536;

/** However short a heartbeat the other end asks for. */
const minSweepMs = 25;

/** What a frame of one message adds to it at most: brackets, a comma and an acknowledgement. */
const frameOverhead = 32;

/**
 * One end of a session: messages in, counted frames out, over whatever socket is attached.
 * It does no I/O of its own.
 */
export class Session {
  readonly id: string;
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #owner: SessionOwner;
  readonly #outbox = new Outbox();
  readonly #liveness = new Liveness();
  readonly #room: StreamRoom;
  #handler: SessionHandler | undefined;
  #state: State = 'absent';
  #socket: Socket | undefined;
  #limits: Limits;
  #announced: boolean;
  /** The handler is to be told of other limits before anything more leaves. */
  #relimited = false;
  #sent = 0;
  #received = 0;
  #frameLength = 0;
  #early = { frames: 0, bytes: 0 };
  /** Messages that were ever queued. */
  #messages = 0;
  #flushing = false;
  #pongs: 'free' | 'passed' | 'owed' = 'free';

  /** `expected` are the limits that the other end announced last. */
  constructor(id: string, ports: { clock: Clock; turn: Turn }, owner: SessionOwner, expected?: Limits) {
    this.id = id;
    this.#limits = expected ?? defaultLimits;
    this.#announced = expected !== undefined;
    this.#clock = ports.clock;
    this.#turn = ports.turn;
    this.#owner = owner;
    this.#room = new StreamRoom({
      turn: ports.turn,
      waiting: () => this.#outbox.waiting('stream'),
      wanted: () => this.#schedule(),
      give: () => this.#state !== 'ended' && this.#handler?.room() === true,
    });
  }

  /** Binds the one handler; before the first frame arrives. */
  set handler(handler: SessionHandler) {
    this.#handler = handler;
  }

  /** The limits that bind both directions: announced by the server, the defaults before that. */
  get limits(): Limits {
    return this.#limits;
  }

  /** The longest message that the other end takes, in bytes of UTF-8; not bounded before that is known. */
  get messageBytes(): number {
    if (!this.#announced) return Number.POSITIVE_INFINITY;
    return Math.min(this.#limits.messageBytes, this.#limits.frameBytes - frameOverhead);
  }

  get sent(): number {
    return this.#sent;
  }

  get received(): number {
    return this.#received;
  }

  /** Length of the data frame whose messages are being handed on. */
  get frameLength(): number {
    return this.#frameLength;
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Characters that wait for a socket in a lane. */
  waiting(lane: LaneName): number {
    return this.#outbox.waiting(lane);
  }

  /** How far streams may be pulled ahead of the socket. */
  get room(): StreamRoom {
    return this.#room;
  }

  /** Queues a message; it leaves in a frame at the end of this turn, or when a socket is there. */
  send(entry: string | Outgoing, lane: LaneName): void {
    if (this.#state === 'ended') return;
    this.#outbox.push(entry, lane);
    this.#messages++;
    if (lane === 'stream') this.#room.learn(typeof entry === 'string' ? entry.length : entry.text.length);
    this.#schedule();
  }

  /** Takes back a message that is in no frame yet. */
  withdraw(entry: Outgoing, lane: LaneName): void {
    this.#outbox.withdraw(entry, lane);
  }

  /** Attaches a socket before the other end's `welcome`: only an early allowance of frames leaves. */
  attachEarly(socket: Socket): void {
    this.#socket = socket;
    this.#state = 'early';
    this.#early = { frames: limits.earlyFrames.default, bytes: limits.earlyBytes.default };
    this.#schedule();
  }

  /**
   * Attaches a socket whose handshake is done. `held` are the frames that came before it was: they were sent
   * without knowledge of the limits, and are measured by the defaults where those are wider.
   */
  attach(socket: Socket, announced: Limits, held: readonly string[] = []): void {
    this.#socket = socket;
    this.#state = 'open';
    this.#liveness.heard(this.#clock.now());
    if (held.length > 0) {
      this.#limits = wider(announced, defaultLimits);
      for (const data of held) this.receive(data);
    }
    this.#limits = announced;
    this.#announced = true;
    this.#relimited = true;
    this.#schedule();
  }

  /** Takes the socket away; what waits goes on waiting. */
  detach(): void {
    this.#socket = undefined;
    if (this.#state !== 'ended') this.#state = 'absent';
  }

  /** One whole frame from the attached socket. */
  receive(data: string | Uint8Array): void {
    if (this.#state === 'ended') return;
    this.#liveness.heard(this.#clock.now());
    this.#frameLength = data.length;
    // Binary frames need a feature that this peer does not announce.
    if (typeof data !== 'string') return this.close('malformed');
    if (!fits(data, this.#limits.frameBytes)) return this.close('too-large');
    const frame = parseFrame(data);
    if (frame === undefined) return this.close('malformed');
    if (!isControlFrame(frame)) return this.#receiveData(frame, data);
    if (!isControl(frame)) return this.close('malformed');
    this.#receiveControl(frame);
  }

  /** How often `sweep` is to be called, in ms. */
  get sweepMs(): number {
    return Math.max(minSweepMs, Math.min(1000, this.#limits.heartbeat / 4));
  }

  /**
   * Looks after the line. `late` says that the call itself comes late, as after a
   * sleep: then silence proves nothing yet. Answers whether the socket is still believed to be alive.
   */
  sweep(now: number, late: boolean): 'alive' | 'dead' {
    if (this.#state !== 'open') return 'alive';
    const patience = this.#handler?.outstanding ? this.#limits.heartbeat / 2 : this.#limits.heartbeat;
    const verdict = this.#liveness.judge(now, this.sweepMs, patience, late);
    if (verdict === 'ping') this.#sendCounts('ping');
    return verdict === 'dead' ? 'dead' : 'alive';
  }

  /** Asks for a sign of life at once, with a short grace. */
  probe(): void {
    if (this.#state !== 'open') return;
    this.#liveness.probe(this.#clock.now());
    this.#sendCounts('ping');
  }

  /** `buffered` fell below its bound. */
  drained(): void {
    this.#schedule();
  }

  /** Ends the session at both ends: says `bye` on the socket, if there is one, and closes it. */
  close(name: CloseName): void {
    if (this.#state === 'ended') return;
    const socket = this.#socket;
    this.end({ name });
    socket?.send(encodeControl(['bye', name]));
    socket?.close(closeCodes[name].code, name);
  }

  /** Ends the session at this end alone; what happens to the socket is the caller's business. */
  end(end: SessionEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#socket = undefined;
    this.#owner.ended(this, end);
    this.#handler?.ended(end);
  }

  #receiveData(frame: RawFrame, text: string): void {
    const large = !fits(text, this.#limits.messageBytes);
    const ack = frame[0];
    let first = 0;
    if (typeof ack === 'number') {
      if (!isCount(ack)) return this.close('malformed');
      if (ack > this.#sent) return this.close('miscount');
      first = 1;
    }
    if (first === frame.length) return this.close('malformed');
    for (let i = first; i < frame.length; i++) {
      if (!isMessage(frame[i])) return this.close('malformed');
      if (large && !this.#takes(frame[i])) return this.close('too-large');
    }
    this.#received++;
    for (let i = first; i < frame.length && !this.ended; i++) this.#handler?.message(frame[i] as Message);
  }

  #receiveControl(control: Control): void {
    switch (control[0]) {
      case 'ack':
      case 'ping':
      case 'pong':
        if (control[1] !== this.#received || control[2] > this.#sent) return this.close('miscount');
        if (control[0] === 'ping') this.#answerPing();
        return;
      case 'bye': {
        const socket = this.#socket;
        this.end({ name: control[1], error: control[2] });
        return socket?.close(closeCodes.closed.code, 'closed');
      }
      case 'hello':
      case 'welcome':
      case 'gone':
        return this.close('unexpected');
      default:
        control satisfies never;
    }
  }

  /** Measures a message of a frame that is larger than one message may be. Deep nesting counts as size. */
  #takes(message: unknown): boolean {
    try {
      return fits(JSON.stringify(message), this.#limits.messageBytes);
    } catch {
      return false;
    }
  }

  /**
   * A full socket gets one pong more, so that a slow line does not look dead. The pings after it are answered by
   * one when it has drained: its counts are those of that moment.
   */
  #answerPing(): void {
    const full = this.#socket !== undefined && this.#socket.buffered >= socketBufferBytes;
    if (full && this.#pongs !== 'free') this.#pongs = 'owed';
    else {
      this.#pongs = full ? 'passed' : 'free';
      this.#sendCounts('pong');
    }
  }

  #settlePongs(): void {
    if (this.#pongs === 'owed') this.#sendCounts('pong');
    this.#pongs = 'free';
  }

  #sendCounts(name: 'ping' | 'pong'): void {
    this.#socket?.send(encodeCounts(name, this.#sent, this.#received));
  }

  #schedule(): void {
    if (this.#flushing || this.#socket === undefined) return;
    this.#flushing = true;
    this.#turn.flush(this.#flush, this.#activity);
  }

  readonly #activity = (): number => this.#messages;

  readonly #flush = (): void => {
    this.#flushing = false;
    if (this.#relimited) this.#relimit();
    const socket = this.#socket;
    if (socket === undefined) return;
    if (socket.buffered < socketBufferBytes) this.#settlePongs();
    while (socket.buffered < socketBufferBytes) {
      const frame = this.#take();
      if (frame === undefined) break;
      this.#sent++;
      socket.send(frame);
    }
    this.#room.flushed();
  };

  #relimit(): void {
    this.#relimited = false;
    this.#handler?.limited();
  }

  #take(): string | undefined {
    if (this.#state === 'open') {
      return this.#outbox.take(Math.min(frameLength, this.#limits.frameBytes / 3), false);
    }
    if (this.#early.frames === 0) return undefined;
    const frame = this.#outbox.take(this.#early.bytes / 3, true);
    if (frame !== undefined) {
      this.#early.frames--;
      this.#early.bytes -= utf8Length(frame);
    }
    return frame;
  }
}
