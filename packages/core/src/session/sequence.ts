import type { FrameData } from '../wire/binary-frame.js';
import { encodeBinaryFrame } from '../wire/binary-frame.js';
import { utf8Length } from '../wire/frame.js';
import type { Limits } from '../wire/limits.js';
import { defaultLimits, limits } from '../wire/limits.js';
import { KeptFrames } from './kept-frames.js';
import type { Ledger } from './ledger.js';
import type { Batch } from './outbox.js';
import { wholeLength } from './outgoing.js';

/** What a session may keep while the process holds too much for all. */
const tightBytes = 65_536;

/**
 * Characters of messages with which a frame acknowledges what has come, due or not: it costs such a frame next to
 * nothing, and what the other end need not keep does not outlive the young generation of its collector.
 */
const tellingLength = 512;

/** The counts of one end: the data frames that it sent, in a row over all sockets, and those that it received. */
export class Sequence {
  readonly #ledger: Ledger;
  readonly #kept: KeptFrames;
  /** Whether there is a window, as far as is known: what leaves before `welcome` says so is kept. */
  #keeping = true;
  #windowBytes = defaultLimits.windowBytes;
  #sent = 0;
  #written = 0;
  #received = 0;
  /** Data frames that came since the other end was last told how many, and their length. */
  #untold = 0;
  #untoldLength = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#kept = new KeptFrames(ledger);
  }

  /** Frames that were built. */
  get sent(): number {
    return this.#sent;
  }

  /** Number of the last frame that was put on this socket: behind `sent` while kept frames are sent again. */
  get written(): number {
    return this.#written;
  }

  /** Frames that have come. */
  get received(): number {
    return this.#received;
  }

  /** Number of the last frame that the other end acknowledged. */
  get acknowledged(): number {
    return this.#kept.acknowledged;
  }

  /** Whether frames wait for their acknowledgement. */
  get pending(): boolean {
    return this.#kept.size > 0;
  }

  /** Characters that are kept. */
  get length(): number {
    return this.#kept.length;
  }

  /** Characters of new frames for which the window has room; when nothing is kept, for one message at least. */
  get room(): number {
    return this.#roomIn(this.#bound);
  }

  /** Characters of stream items among them. */
  get streamRoom(): number {
    return this.#roomIn(this.#bound / 2);
  }

  /** Characters of parts among those: where they took all, no item would ever be asked for beside them. */
  get partRoom(): number {
    return this.streamRoom - Math.min(wholeLength, this.#bound / 8);
  }

  #roomIn(bound: number): number {
    if (!this.#keeping) return Number.POSITIVE_INFINITY;
    return this.pending ? bound - this.#kept.length : Math.max(1, bound);
  }

  get #bound(): number {
    return this.#ledger.tight ? Math.min(this.#windowBytes, tightBytes) : this.#windowBytes;
  }

  limit({ window, windowBytes }: Limits): void {
    this.#keeping = window > 0;
    this.#windowBytes = windowBytes;
    if (!this.#keeping) this.#kept.clear();
  }

  /** Goes on over a new socket, whose handshake told both counts: what the other end lacks is to be sent again. */
  resume(received: number): void {
    this.#written = received;
    this.told();
  }

  /** Whether there are frames to be sent again. */
  get behind(): boolean {
    return this.#written < this.#sent;
  }

  /** The next frame that is to be sent again. */
  again(): FrameData | undefined {
    return this.#written < this.#sent ? this.#kept.get(++this.#written) : undefined;
  }

  /** Makes the next frame of messages, with an acknowledgement where that is worth it. */
  build({ text, sections }: Batch): FrameData {
    const tells = this.due || (this.owed && text.length >= tellingLength);
    const frame = tells ? `[${this.#received},${text}]` : `[${text}]`;
    if (tells) this.told();
    return this.count(sections ? encodeBinaryFrame(frame, utf8Length(frame), sections) : frame);
  }

  /** Makes a frame the next: it has a number from now on. */
  count(frame: FrameData): FrameData {
    this.#written = ++this.#sent;
    if (this.#keeping) this.#kept.push(frame);
    return frame;
  }

  /** Counts a frame of the other end. */
  receive(length: number): void {
    this.#received++;
    if (!this.#keeping) return;
    this.#untold++;
    this.#untoldLength += length;
  }

  /** Whether the other end can have received so many frames of this socket. */
  covers(received: number): boolean {
    return received <= this.#written;
  }

  /** Lets go of what the other end has received; answers whether any of it was kept. */
  acknowledge(received: number): boolean {
    return this.#keeping && this.#kept.acknowledge(received);
  }

  /** Whether the other end is to be told what was received. */
  get owed(): boolean {
    return this.#untold > 0;
  }

  /** Whether that cannot wait for the next sweep: the other end stops at its window. */
  get due(): boolean {
    const bytes = Math.min(limits.ackBytes.default, this.#windowBytes / 4);
    return this.#untold >= limits.ackFrames.default || this.#untoldLength >= bytes;
  }

  /** The other end was told. */
  told(): void {
    this.#untold = this.#untoldLength = 0;
  }

  clear(): void {
    this.#kept.clear();
  }
}
