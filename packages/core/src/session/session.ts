import type { FrameData, Part } from '../wire/binary-frame.js';
import type { CloseName, GoneReason } from '../wire/close-codes.js';
import { closeCodes, endsSession } from '../wire/close-codes.js';
import type { Control } from '../wire/control.js';
import { encodeControl } from '../wire/control.js';
import { fits } from '../wire/frame.js';
import type { Limits } from '../wire/limits.js';
import { defaultLimits, wider } from '../wire/limits.js';
import type { Delivery, MessageHandler, Origin } from './delivery.js';
import { FrameDelivery, WholeDelivery } from './delivery.js';
import { EarlyAllowance } from './early-allowance.js';
import type { Data } from './frame-reader.js';
import { readFrame } from './frame-reader.js';
import { Inbox } from './inbox.js';
import { IncomingTransfers } from './incoming-transfers.js';
import type { Ledger } from './ledger.js';
import { Liveness } from './liveness.js';
import type { LaneName, Outgoing } from './outgoing.js';
import { wholeLength } from './outgoing.js';
import type { Clock, Socket, Turn } from './ports.js';
import { Sequence } from './sequence.js';
import type { StreamRoom } from './stream-room.js';
import type { WriterOwner } from './writer.js';
import { Writer } from './writer.js';

/** Why a session is over: a close of the table, the word that it is gone, or what this end found of its line. */
export type LossReason = CloseName | GoneReason | 'dropped' | 'dead' | 'not-hawser';

export interface SessionEnd {
  readonly name: LossReason;
  /** The error shape that came with it, if one did. */
  readonly error?: unknown;
  /** Nothing that was sent in this session has run: each of its `hello`s was turned away. */
  readonly untouched?: boolean;
}

/** Who carries out a session's messages. */
export interface SessionHandler extends MessageHandler {
  /** A part has come of a message with that id, if its beginning has shown one. */
  arriving(id: number | undefined): void;
  /** The limits in force are known, or are others than before. */
  limited(): void;
  /** The stream lane has room again. Answers whether there is more to put into it. */
  room(): boolean;
  /** Once, when the session is over for good. */
  ended(end: SessionEnd): void;
  /** In which context calls that come now run. */
  readonly context: unknown;
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
export interface Attachment {
  readonly resumed: boolean;
  /** The other end's counts. */
  readonly sent: number;
  readonly received: number;
}

type State = 'absent' | 'early' | 'open' | 'ended';

/** However short a heartbeat the other end asks for. */
const minSweepMs = 25;

/** What a frame of one message adds to it at most: brackets, a comma and an acknowledgement. */
const frameOverhead = 32;

/**
 * One end of a session: messages in, counted frames out, over whatever socket is attached. With a window it keeps
 * what the other end has not acknowledged, and sends it again on the next socket. It does no I/O of its own.
 */
export class Session implements WriterOwner {
  readonly id: string;
  readonly #clock: Clock;
  readonly #owner: SessionOwner;
  readonly #sequence: Sequence;
  readonly #writer: Writer;
  readonly #liveness = new Liveness();
  /** Made when something comes that may be early. */
  #early: EarlyAllowance | undefined;
  readonly #ledger: Ledger;
  #transfers: IncomingTransfers | undefined;
  readonly #inbox: Inbox;
  #handler: SessionHandler | undefined;
  readonly #announces: boolean;
  #state: State = 'absent';
  #socket: Socket | undefined;
  #limits: Limits;
  /** What is measured by when it comes in: wider than the limits while it may be early. */
  #takes: Limits;
  /** Number of the last frame that the other end had built when it dialled: it may be early, and come again. */
  #builtEarly = 0;
  /** Whether the limits are those of the other end, or only the defaults. */
  #announced: boolean;
  /** The handler is to be told of other limits before anything more leaves. */
  #relimited = false;

  constructor(id: string, options: SessionOptions, owner: SessionOwner) {
    const { clock, turn, ledger, limits, announces = false } = options;
    this.id = id;
    this.#clock = clock;
    this.#owner = owner;
    this.#announces = announces;
    this.#limits = limits ?? defaultLimits;
    this.#takes = announces ? wider(this.#limits, defaultLimits) : this.#limits;
    this.#announced = limits !== undefined;
    this.#ledger = ledger;
    this.#sequence = new Sequence(ledger);
    this.#inbox = new Inbox(turn, clock);
    if (announces) this.#sequence.limit(this.#limits);
    this.#writer = new Writer(this, this.#sequence, options);
  }

  /** Binds the one handler; before the first frame arrives. */
  set handler(handler: SessionHandler) {
    this.#handler = handler;
    this.#inbox.handler = handler;
  }

  /** The limits that bind both directions: announced by the server, the defaults before that. */
  get limits(): Limits {
    return this.#limits;
  }

  /** What the other end may have in flight here; more than `limits` allow while it may not have known them. */
  get takes(): Limits {
    return this.#inbox.arrived?.takes ?? this.#takes;
  }

  /** Whether the other end takes a message of that size; before its limits are known, any. */
  admits(entry: string | Outgoing): boolean {
    if (!this.#announced) return true;
    const { messageBytes, frameBytes, valueBytes } = this.#limits;
    const text = typeof entry === 'string' ? entry : entry.text;
    const sections = entry.length - text.length;
    const whole = entry.length <= wholeLength ? frameBytes - frameOverhead - sections : messageBytes;
    return fits(text, Math.min(messageBytes, whole)) && sections <= valueBytes;
  }

  /** The counts of both directions, for a handshake. */
  get counts(): Counts {
    return this.#sequence;
  }

  /** When something was last heard of the other end. */
  get heardAt(): number {
    return this.#liveness.heardAt;
  }

  /** Characters and bytes that are held for the other end: what waits, what is kept, and what is not whole yet. */
  get held(): number {
    return this.#writer.length + this.#sequence.length + (this.#transfers?.length ?? 0);
  }

  /** What the message came in that is being handed on. */
  get arrived(): Omit<Delivery, 'next' | 'done'> | undefined {
    return this.#inbox.arrived;
  }

  /** Characters and bytes of a lane that leave in parts: they are not counted as waiting. */
  leavingInParts(lane: LaneName): { readonly text: number; readonly sections: number } {
    return this.#writer.leavingInParts(lane);
  }

  get ended(): boolean {
    return this.#state === 'ended';
  }

  /** Characters that wait for a socket in a lane. */
  waiting(lane: LaneName): number {
    return this.#writer.waiting(lane);
  }

  /** How far streams may be pulled ahead of the socket. */
  get room(): StreamRoom {
    return this.#writer.room;
  }

  get goesOn(): boolean {
    return this.#inbox.goesOn;
  }

  flushing(): void {
    if (!this.#relimited) return;
    this.#relimited = false;
    this.#handler?.limited();
  }

  giveRoom(): boolean {
    return this.#state !== 'ended' && this.#handler?.room() === true;
  }

  /** Queues a message; it leaves in a frame at the end of this turn, or when a socket is there. */
  send(entry: string | Outgoing, lane: LaneName): void {
    if (this.#state !== 'ended') this.#writer.send(entry, lane);
  }

  /** Takes back a message that is in no frame yet. */
  withdraw(entry: Outgoing, lane: LaneName): void {
    if (this.#state !== 'ended') this.#writer.withdraw(entry, lane);
  }

  /** Attaches a socket before the other end's `welcome`: only an early allowance of frames leaves. */
  attachEarly(socket: Socket): void {
    this.#socket = socket;
    this.#state = 'early';
    this.#writer.attach(socket, true);
  }

  /** Attaches a socket whose handshake is done; on one that resumes, what is kept follows before anything new. */
  attach(socket: Socket, announced: Limits, line: Attachment): void {
    this.#socket = socket;
    this.#state = 'open';
    this.#liveness.heard(this.#clock.now());
    this.#limit(announced);
    this.#builtEarly = line.sent;
    if (line.resumed) this.#sequence.resume(line.received);
    this.#acknowledge(line.received);
    this.#writer.attach(socket, false);
  }

  /** Takes the socket away; what waits and what is kept goes on waiting. */
  detach(): void {
    this.#socket = undefined;
    this.#writer.detach();
    if (this.#state !== 'ended') this.#state = 'absent';
  }

  /** One whole frame from the attached socket. */
  receive(data: FrameData): void {
    if (this.#state === 'ended') return;
    const now = this.#clock.now();
    this.#liveness.heard(now);
    if (this.#takes !== this.#limits) this.#measureEarly(data);
    const inbound = readFrame(data, this.#takes);
    if (inbound.kind === 'violation') this.close(inbound.name);
    else if (inbound.kind === 'control') this.#receiveControl(inbound.control);
    else if (inbound.kind === 'part') this.#receivePart(inbound.part, data.length, now);
    else this.#receiveData(inbound, data.length, now);
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
    if (this.#sequence.owed) this.#writer.say('ack');
    const outstanding = this.#handler?.outstanding === true || this.#sequence.pending;
    const patience = outstanding ? this.#limits.heartbeat / 2 : this.#limits.heartbeat;
    const verdict = this.#liveness.judge(now, this.sweepMs, patience, late);
    if (verdict === 'ping') this.#writer.say('ping');
    return verdict === 'dead' ? 'dead' : 'alive';
  }

  /** What the last ping took to be answered, in ms. */
  get roundTripMs(): number | undefined {
    return this.#writer.roundTripMs;
  }

  /** Asks for an answer that is measured. */
  measure(): void {
    if (this.#state === 'open') this.#writer.say('ping');
  }

  /** Asks for a sign of life at once, with a short grace. */
  probe(): void {
    if (this.#state !== 'open') return;
    this.#liveness.probe(this.#clock.now());
    this.#writer.say('ping');
  }

  /** `buffered` fell below its bound. */
  drained(): void {
    this.#writer.schedule();
  }

  /** Ends the session at both ends: says `bye` on the socket, if there is one, and closes it. */
  close(name: CloseName): void {
    if (this.#state === 'ended') return;
    const socket = this.#socket;
    this.#over({ name });
    socket?.send(encodeControl(['bye', name]));
    socket?.close(closeCodes[name].code, name);
  }

  /**
   * Ends the session at this end alone; what happens to the socket is the caller's business. A client is handed what
   * has come before: the answers to its calls. A server is not: nobody is told any more what calls do, and to begin
   * them all at once would hold up everybody else.
   */
  end(end: SessionEnd): void {
    try {
      if (!this.#announces) this.#inbox.drain();
    } finally {
      this.#over(end);
    }
  }

  #over(end: SessionEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#socket = undefined;
    this.#writer.clear();
    this.#sequence.clear();
    this.#transfers?.clear();
    this.#inbox.clear();
    this.#owner.ended(this, end);
    this.#handler?.ended(end);
  }

  #receiveData(inbound: Data, length: number, now: number): void {
    const { ack } = inbound;
    if (ack !== undefined) {
      if (!this.#sequence.covers(ack)) return this.close('miscount');
      this.#acknowledge(ack);
    }
    this.#count(length);
    this.#inbox.push(new FrameDelivery(inbound, length, this.#origin), now);
  }

  #receivePart(part: Part, length: number, now: number): void {
    this.#transfers ??= new IncomingTransfers(this.#ledger);
    const progress = this.#transfers.take(part, this.#takes);
    if (typeof progress === 'object' && 'violation' in progress) return this.close(progress.violation);
    this.#count(length);
    if (progress === 'abandoned') return;
    if ('arriving' in progress) return this.#handler?.arriving(progress.arriving);
    this.#inbox.push(new WholeDelivery(progress, this.#origin), now);
  }

  get #origin(): Origin {
    return { frame: this.#sequence.received, context: this.#handler?.context, takes: this.#takes };
  }

  #count(length: number): void {
    this.#sequence.receive(length);
    if (this.#sequence.due) this.#writer.schedule();
  }

  #receiveControl(control: Control): void {
    switch (control[0]) {
      case 'ack':
      case 'ping':
      case 'pong':
        return this.#receiveCounts(control[0], control[1], control[2]);
      case 'bye':
        return this.#receiveBye(control[1], control[2]);
      case 'hello':
      case 'welcome':
      case 'gone':
        return this.close('unexpected');
      default:
        control satisfies never;
    }
  }

  #receiveCounts(name: 'ack' | 'ping' | 'pong', sent: number, received: number): void {
    // A socket is ordered: its two ends never disagree on what it has carried.
    if (sent !== this.#sequence.received || !this.#sequence.covers(received)) return this.close('miscount');
    // Whoever counts has seen `welcome`, and the limits with it; but not when it built what it sends again.
    if (sent >= this.#builtEarly) this.#endEarly();
    this.#acknowledge(received);
    if (name === 'ping') this.#writer.answerPing();
    if (name === 'pong') this.#writer.pongCame();
  }

  #receiveBye(name: CloseName, error: unknown): void {
    // A session that stays loses this socket: its close says the rest.
    if (!endsSession(name)) return;
    const socket = this.#socket;
    this.end({ name, error });
    socket?.close(closeCodes.closed.code, 'closed');
  }

  /** What may have been sent before the limits were known is measured by the defaults where they are wider. */
  #measureEarly(data: FrameData): void {
    this.#early ??= new EarlyAllowance();
    const isData = typeof data !== 'string' || !data.startsWith('["');
    if (isData && !this.#early.spend(data)) this.#endEarly();
  }

  #endEarly(): void {
    this.#takes = this.#limits;
    this.#early = undefined;
  }

  /** Lets go of what the other end has received. */
  #acknowledge(received: number): void {
    if (this.#sequence.acknowledge(received)) this.#writer.acknowledged();
  }

  #limit(announced: Limits): void {
    if (this.#takes === this.#limits) this.#takes = announced;
    this.#limits = announced;
    this.#announced = true;
    this.#relimited = true;
    this.#sequence.limit(announced);
  }
}
