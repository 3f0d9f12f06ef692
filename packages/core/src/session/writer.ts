import type { FrameData } from '../wire/binary-frame.js';
import { partHead } from '../wire/binary-frame.js';
import { encodeCounts } from '../wire/control.js';
import type { Limits } from '../wire/limits.js';
import { EarlyAllowance } from './early-allowance.js';
import type { Ledger } from './ledger.js';
import { Outbox } from './outbox.js';
import type { LaneName, Outgoing } from './outgoing.js';
import { wholeLength } from './outgoing.js';
import type { Clock, Flushable, Socket, Turn } from './ports.js';
import { socketBufferBytes } from './ports.js';
import type { Sequence } from './sequence.js';
import type { RoomOwner } from './stream-room.js';
import { StreamRoom } from './stream-room.js';

/** What is being written. */
export interface WriterOwner {
  readonly limits: Limits;
  /** Whether more of this turn is to come, for which a little waits. */
  readonly goesOn: boolean;
  /** Comes before anything leaves in a turn. */
  flushing(): void;
  /** Gives the stream lane's room to those who wait for it. Answers whether there are more. */
  giveRoom(): boolean;
}

export interface WriterPorts {
  readonly turn: Turn;
  readonly clock: Clock;
  readonly ledger: Ledger;
}

/**
 * So much is worth a frame although more of this turn is to come, in characters: the other end begins with it while
 * this one goes on.
 */
const worthLength = 4096;

const noLengths = { text: 0, sections: 0 };

/** What leaves a session: messages wait here until the socket takes them, and only then become frames. */
export class Writer implements RoomOwner, Flushable {
  readonly #owner: WriterOwner;
  readonly #turn: Turn;
  readonly #clock: Clock;
  readonly #sequence: Sequence;
  readonly #outbox: Outbox;
  /** While there was no `welcome` yet. */
  #early: EarlyAllowance | undefined;
  /**
   * A full socket gets one pong more, so that a slow line does not look dead; the pings after it are answered by one
   * when it has drained, with the counts of that moment.
   */
  #pong: 'free' | 'passed' | 'owed' = 'free';
  /** Made with the first stream. */
  #room: StreamRoom | undefined;
  #socket: Socket | undefined;
  /** Messages that were ever queued. */
  #messages = 0;
  #scheduled = false;
  /** Held up by the window, it has asked what was received. */
  #asked = false;
  /** When a ping was sent that has no pong, and what the last one took. */
  #pingedAt: number | undefined;
  #roundTripMs: number | undefined;
  /** Whether the next frame of the streams' share is a part, if there is one. */
  #partNext = false;

  constructor(owner: WriterOwner, sequence: Sequence, { turn, clock, ledger }: WriterPorts) {
    this.#owner = owner;
    this.#turn = turn;
    this.#clock = clock;
    this.#sequence = sequence;
    this.#outbox = new Outbox(ledger);
  }

  /** How far streams may be pulled ahead of the socket. */
  get room(): StreamRoom {
    this.#room ??= new StreamRoom(this, this.#turn, this.#clock);
    return this.#room;
  }

  get itemsWaiting(): number {
    return this.#outbox.waiting('stream');
  }

  get itemsInParts(): number {
    return this.#outbox.transfers?.count('stream') ?? 0;
  }

  get itemWindow(): number {
    return this.#sequence.streamRoom;
  }

  giveRoom(): boolean {
    return this.#owner.giveRoom();
  }

  /** Characters that wait. */
  get length(): number {
    return this.#outbox.length;
  }

  /** Characters and bytes of a lane that leave in parts, and have not left entirely. */
  leavingInParts(lane: LaneName): { readonly text: number; readonly sections: number } {
    return this.#outbox.transfers?.lengths(lane) ?? noLengths;
  }

  /** Characters that wait in a lane. */
  waiting(lane: LaneName): number {
    return this.#outbox.waiting(lane);
  }

  /** On a socket before `welcome`, only an early allowance of frames leaves. */
  attach(socket: Socket, isEarly: boolean): void {
    this.#socket = socket;
    if (!isEarly) this.#early = undefined;
    else this.#early ??= new EarlyAllowance();
    this.#pong = 'free';
    this.#asked = false;
    this.#pingedAt = undefined;
    this.schedule();
  }

  detach(): void {
    this.#socket = undefined;
  }

  send(entry: string | Outgoing, lane: LaneName): void {
    this.#outbox.push(entry, lane);
    this.#messages++;
    if (lane === 'stream' && entry.length <= wholeLength) this.room.learn(entry.length);
    this.schedule();
  }

  /** Takes back a message that is in no frame yet. */
  withdraw(entry: Outgoing, lane: LaneName): void {
    this.#outbox.withdraw(entry, lane);
    // What has left of it is to be given up.
    if (entry.parts > 0) this.schedule();
  }

  /** Says a control frame that tells both counts. */
  say(name: 'ack' | 'ping' | 'pong'): void {
    const { written, received } = this.#sequence;
    this.#sequence.told();
    if (name === 'ping') this.#pingedAt ??= this.#clock.now();
    this.#socket?.send(encodeCounts(name, written, received));
  }

  /** What the last ping took to be answered, in ms. */
  get roundTripMs(): number | undefined {
    return this.#roundTripMs;
  }

  /** A pong came: of several pings without one it answers the first. */
  pongCame(): void {
    if (this.#pingedAt === undefined) return;
    this.#roundTripMs = this.#clock.now() - this.#pingedAt;
    this.#pingedAt = undefined;
  }

  /** A ping came. */
  answerPing(): void {
    if (this.#full && this.#pong !== 'free') {
      this.#pong = 'owed';
      return;
    }
    this.#pong = this.#full ? 'passed' : 'free';
    this.say('pong');
  }

  /** The other end acknowledged something: the window may have room. */
  acknowledged(): void {
    this.#asked = false;
    if (this.#heldUp) this.schedule();
  }

  /** There is something to do at the end of this turn. */
  schedule(): void {
    if (this.#scheduled || this.#socket === undefined) return;
    this.#scheduled = true;
    this.#turn.flush(this);
  }

  clear(): void {
    this.#socket = undefined;
    this.#outbox.clear();
  }

  get #full(): boolean {
    return this.#socket !== undefined && this.#socket.buffered >= socketBufferBytes;
  }

  /** Whether there may be a frame to send. */
  get #pending(): boolean {
    return this.#sequence.behind || !this.#outbox.empty;
  }

  get activity(): number {
    return this.#messages;
  }

  flush(): void {
    if (this.#owner.goesOn && !this.#isWorthFrame) return this.#turn.flush(this);
    this.#scheduled = false;
    this.#owner.flushing();
    const socket = this.#socket;
    if (socket === undefined) return;
    if (this.#pong !== 'free' && !this.#full) this.#settlePong();
    while (this.#pending && !this.#full) {
      const frame = this.#sequence.again() ?? this.#build();
      if (frame === undefined) break;
      socket.send(frame);
    }
    this.#outbox.tell();
    if (!this.#early) this.#sayCounts();
    this.#room?.flushed();
  }

  /** Whether enough waits that nothing but a socket holds up: items may wait for more than that. */
  get #isWorthFrame(): boolean {
    return this.#outbox.waiting('reply') + this.#outbox.waiting('call') >= worthLength;
  }

  /** A socket that was full takes more. */
  #settlePong(): void {
    const isOwed = this.#pong === 'owed';
    this.#pong = 'free';
    if (isOwed) this.say('pong');
  }

  /** Tells what was received if no frame did, and asks the same when the window holds messages up. */
  #sayCounts(): void {
    const asks = !this.#asked && this.#sequence.pending && this.#heldUp && !this.#full;
    if (asks) this.#asked = true;
    if (asks) this.say('ping');
    else if (this.#sequence.due) this.say('ack');
  }

  /** Whether there is more to say than could be said. */
  get #heldUp(): boolean {
    return !this.#outbox.empty || this.#room?.starved === true;
  }

  /** A new frame of what waits. Parts take turns with frames of items alone. */
  #build(): FrameData | undefined {
    if (this.#early) return this.#buildEarly(this.#early);
    if (this.#outbox.transfers === undefined) return this.#buildData();
    const part = this.#partNext && this.#outbox.onlyItems ? this.#buildPart() : undefined;
    this.#partNext = part === undefined;
    return part ?? this.#buildData() ?? this.#buildPart();
  }

  #buildData(): FrameData | undefined {
    const { room } = this.#sequence;
    if (room <= 0) return undefined;
    const length = Math.min(wholeLength, this.#owner.limits.frameBytes / 3, room);
    const streamLength = this.#sequence.streamRoom;
    const batch = this.#outbox.take({ length, strict: false, streamLength });
    return batch === undefined ? undefined : this.#sequence.build(batch);
  }

  #buildPart(): FrameData | undefined {
    const { partRoom } = this.#sequence;
    if (partRoom <= 0) return undefined;
    const takes = this.#owner.limits;
    const most = Math.min(wholeLength, takes.frameBytes - partHead, partRoom);
    const part = this.#outbox.transfers?.next(most, takes);
    return part === undefined ? undefined : this.#sequence.count(part);
  }

  #buildEarly(early: EarlyAllowance): FrameData | undefined {
    const { length } = early;
    const batch = this.#outbox.take({ length, strict: true, streamLength: length });
    if (batch === undefined) return undefined;
    const frame = this.#sequence.build(batch);
    early.spend(frame);
    return frame;
  }
}
