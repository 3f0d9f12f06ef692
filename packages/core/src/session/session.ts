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
import type { Ledger } from './ledger.js';
import { Liveness } from './liveness.js';
import type { LaneName, Outgoing } from './outbox.js';
import { Outbox } from './outbox.js';
import { Pongs } from './pongs.js';
import type { Clock, Socket, Turn } from './ports.js';
import { socketBufferBytes } from './ports.js';
import { Sequence } from './sequence.js';
import { StreamRoom } from './stream-room.js';

/** Why a session is over: a close of the table, the word that it is gone, or what this end found of its line. */
export type LossReason = CloseName | GoneReason | 'dropped' | 'dead' | 'not-hawser';

export interface SessionEnd {
  readonly name: LossReason;
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

export interface SessionOptions {
  readonly clock: Clock;
  readonly turn: Turn;
  readonly ledger: Ledger;
  /** What this end announces, or what the other announced last; the defaults until it does. */
  readonly limits?: Limits | undefined;
  /** Whether this end announces: then the other may send its early frames without knowing. */
  readonly announces?: boolean;
}

/** How many data frames were sent and received, and how many of those sent the other end acknowledged. */
export interface Counts {
  readonly sent: number;
  readonly received: number;
  readonly acknowledged: number;
}

/** What the handshake said of the line that a session goes on with. */
export interface Line {
  readonly resumed: boolean;
  /** The other end's count of frames that it has received. */
  readonly received: number;
}

type State = 'absent' | 'early' | 'open' | 'ended';

/** Characters after which a frame is full. */
const frameLength = 65_536;

/** However short a heartbeat the other end asks for. */
const minSweepMs = 25;

/** What a frame of one message adds to it at most: brackets, a comma and an acknowledgement. */
const frameOverhead = 32;

/**
 * One end of a session: messages in, counted frames out, over whatever socket is attached. With a window it keeps
 * what the other end has not acknowledged, and sends it again on the next socket. It does no I/O of its own.
 */
export class Session {
  readonly id: string;
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #owner: SessionOwner;
  readonly #outbox: Outbox;
  readonly #sequence: Sequence;
  readonly #pongs = new Pongs();
  readonly #liveness = new Liveness();
  readonly #room: StreamRoom;
  #handler: SessionHandler | undefined;
  #state: State = 'absent';
  #socket: Socket | undefined;
  #limits: Limits;
  /** What is measured by when it comes in: wider than the limits while it may be early. */
  #takes: Limits;
  /** Whether the limits are those of the other end, or only the defaults. */
  #announced: boolean;
  /** The handler is to be told of other limits before anything more leaves. */
  #relimited = false;
  #frameLength = 0;
  /** What may still leave, or come in, early. */
  #early: { frames: number; bytes: number } = {
    frames: limits.earlyFrames.default,
    bytes: limits.earlyBytes.default,
  };
  /** Messages that were ever queued. */
  #messages = 0;
  #flushing = false;
  /** Held up by the window, it has asked what was received. */
  #asked = false;

  constructor(id: string, options: SessionOptions, owner: SessionOwner) {
    const { clock, turn, ledger, limits: known, announces = false } = options;
    this.id = id;
    this.#clock = clock;
    this.#turn = turn;
    this.#owner = owner;
    this.#limits = known ?? defaultLimits;
    this.#takes = announces ? wider(this.#limits, defaultLimits) : this.#limits;
    this.#announced = known !== undefined;
    this.#outbox = new Outbox(ledger);
    this.#sequence = new Sequence(ledger);
    if (announces) this.#sequence.limit(this.#limits);
    this.#room = new StreamRoom({
      turn,
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

  /** What the other end may have in flight here; more than `limits` allow while it may not have known them. */
  get takes(): Limits {
    return this.#takes;
  }

  /** The counts of both directions, for a handshake. */
  get counts(): Counts {
    return this.#sequence;
  }

  /** Characters that are held for the other end: what waits, and what is kept. */
  get held(): number {
    return this.#outbox.length + this.#sequence.length;
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
    if (this.#state !== 'ended') this.#outbox.withdraw(entry, lane);
  }

  /** Attaches a socket before the other end's `welcome`: only an early allowance of frames leaves. */
  attachEarly(socket: Socket): void {
    this.#socket = socket;
    this.#state = 'early';
    this.#schedule();
  }

  /** Attaches a socket whose handshake is done; on one that resumes, what is kept follows before anything new. */
  attach(socket: Socket, announced: Limits, line: Line): void {
    this.#socket = socket;
    this.#state = 'open';
    this.#liveness.heard(this.#clock.now());
    this.#limit(announced);
    if (line.resumed) this.#sequence.resume(line.received);
    this.#acknowledge(line.received);
    this.#pongs.settle();
    this.#asked = false;
    this.#schedule();
  }

  /** Takes the socket away; what waits and what is kept goes on waiting. */
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
    if (!fits(data, this.#takes.frameBytes)) return this.close('too-large');
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
   * Looks after the line, and tells what was received. `late` says that the call itself comes late, as after a
   * sleep: then silence proves nothing yet. Answers whether the socket is still believed to be alive.
   */
  sweep(now: number, late: boolean): 'alive' | 'dead' {
    if (this.#state !== 'open') return 'alive';
    if (this.#sequence.owed) this.#sendCounts('ack');
    const outstanding = this.#handler?.outstanding === true || this.#sequence.pending;
    const patience = outstanding ? this.#limits.heartbeat / 2 : this.#limits.heartbeat;
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
    this.#outbox.clear();
    this.#sequence.clear();
    this.#owner.ended(this, end);
    this.#handler?.ended(end);
  }

  #receiveData(frame: RawFrame, text: string): void {
    if (this.#takes !== this.#limits) this.#spendEarly(text);
    const large = !fits(text, this.#takes.messageBytes);
    const ack = frame[0];
    let first = 0;
    if (typeof ack === 'number') {
      if (!isCount(ack)) return this.close('malformed');
      if (!this.#sequence.covers(ack)) return this.close('miscount');
      first = 1;
    }
    if (first === frame.length) return this.close('malformed');
    for (let i = first; i < frame.length; i++) {
      if (!isMessage(frame[i])) return this.close('malformed');
      if (large && !this.#takesMessage(frame[i])) return this.close('too-large');
    }
    if (first === 1) this.#acknowledge(ack as number);
    this.#sequence.receive(text.length);
    if (this.#sequence.due) this.#schedule();
    for (let i = first; i < frame.length && !this.ended; i++) this.#handler?.message(frame[i] as Message);
  }

  #receiveControl(control: Control): void {
    switch (control[0]) {
      case 'ack':
      case 'ping':
      case 'pong':
        if (!this.#agrees(control[1], control[2])) return this.close('miscount');
        // Whoever counts has seen `welcome`, and the limits with it.
        this.#takes = this.#limits;
        this.#acknowledge(control[2]);
        if (control[0] === 'ping' && this.#pongs.asked(this.#full)) this.#sendCounts('pong');
        return;
      case 'bye': {
        // A session that stays loses this socket: its close says the rest.
        if (closeCodes[control[1]].session === 'stays') return;
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

  /** Frames that may have been sent before the limits were known are measured by the defaults where they are wider. */
  #spendEarly(text: string): void {
    this.#early.frames--;
    this.#early.bytes -= utf8Length(text);
    if (this.#early.frames < 0 || this.#early.bytes < 0) this.#takes = this.#limits;
  }

  /** Measures a message of a frame that is larger than one message may be. Deep nesting counts as size. */
  #takesMessage(message: unknown): boolean {
    try {
      return fits(JSON.stringify(message), this.#takes.messageBytes);
    } catch {
      return false;
    }
  }

  /** A socket is ordered: its two ends never disagree on what it has carried. */
  #agrees(sent: number, received: number): boolean {
    return sent === this.#sequence.received && this.#sequence.covers(received);
  }

  /** Lets go of what the other end has received. */
  #acknowledge(received: number): void {
    if (!this.#sequence.acknowledge(received)) return;
    this.#asked = false;
    if (!this.#outbox.empty) this.#schedule();
  }

  #limit(announced: Limits): void {
    if (this.#takes === this.#limits) this.#takes = announced;
    this.#limits = announced;
    this.#announced = true;
    this.#relimited = true;
    this.#sequence.limit(announced);
  }

  get #full(): boolean {
    return this.#socket !== undefined && this.#socket.buffered >= socketBufferBytes;
  }

  #sendCounts(name: 'ack' | 'ping' | 'pong'): void {
    const { written, received } = this.#sequence;
    this.#sequence.told();
    this.#socket?.send(encodeCounts(name, written, received));
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
    if (!this.#full && this.#pongs.settle()) this.#sendCounts('pong');
    while (!this.#full) {
      const frame = this.#sequence.again() ?? this.#build();
      if (frame === undefined) break;
      socket.send(frame);
    }
    if (this.#state === 'open') this.#sayCounts();
    this.#room.flushed();
  };

  /** Tells what was received if no frame did, and asks the same when the window holds messages up. */
  #sayCounts(): void {
    const held = !this.#asked && !this.#full && this.#sequence.pending && !this.#outbox.empty;
    if (held) this.#asked = true;
    if (held) this.#sendCounts('ping');
    else if (this.#sequence.due) this.#sendCounts('ack');
  }

  #relimit(): void {
    this.#relimited = false;
    this.#handler?.limited();
  }

  /** A new frame of what waits. */
  #build(): string | undefined {
    const messages = this.#state === 'open' ? this.#take() : this.#takeEarly();
    return messages === undefined ? undefined : this.#sequence.build(messages);
  }

  #take(): string | undefined {
    const { all, streams } = this.#sequence.room;
    if (all <= 0) return undefined;
    const length = Math.min(frameLength, this.#limits.frameBytes / 3, all);
    return this.#outbox.take({ length, strict: false, streamLength: streams });
  }

  #takeEarly(): string | undefined {
    if (this.#early.frames === 0) return undefined;
    const length = this.#early.bytes / 3;
    const messages = this.#outbox.take({ length, strict: true, streamLength: length });
    if (messages !== undefined) {
      this.#early.frames--;
      this.#early.bytes -= utf8Length(messages) + 2;
    }
    return messages;
  }
}
