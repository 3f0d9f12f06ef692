import type { FrameData } from '@hawser/core';
import type { TransferBounds } from './transfer-watch.ts';
import { TransferWatch } from './transfer-watch.ts';
import type { Verdicts } from './verdicts.ts';
import type { DataFrame, PartFrame } from './wire-frame.ts';
import { checksum } from './wire-frame.ts';

/** What a frame of several small messages may have beside them. */
const overhead = 400;

export interface PassageBounds extends TransferBounds {
  readonly windowBytes: number;
  /** Length of the largest message. */
  readonly largest: number;
}

/** A counted frame, as far as its sender's bounds and a second sending of it are concerned. */
export interface Crossing {
  /** What must be the same when it is sent again. */
  readonly same: string;
  /** What its sender keeps of it, and what its messages count for. */
  readonly length: number;
  readonly units: number;
  /** Whether it shares half of the window: stream items, and parts. */
  readonly shares: boolean;
}

/** How a frame begins whose first message is an item. */
const itemStart = '[7,';

export function crossingOf(frame: DataFrame | PartFrame, data: FrameData): Crossing {
  const { length } = data;
  // Not the bytes themselves: whoever spoils what it keeps would spoil this too.
  const same = typeof data === 'string' ? '' : checksum(data);
  if (frame.kind === 'part') return { same, length, units: length, shares: true };
  const { body, sections } = frame;
  const shares = body.startsWith(itemStart);
  if (typeof data === 'string') return { same: body, length: body.length - 1, units: body.length, shares };
  return { same, length, units: body.length + sections, shares };
}

/** The data frames of a session in one direction, over all its sockets, as an onlooker counts them. */
export class Passage {
  readonly #name: string;
  readonly #verdicts: Verdicts;
  readonly #bounds: PassageBounds;
  /** Of the frames that are not acknowledged, oldest first. */
  readonly #kept: Crossing[] = [];
  /** Messages in parts. */
  readonly transfers: TransferWatch;
  #keptLength = 0;
  #acknowledged = 0;
  #sent = 0;
  /** Number of the next frame on the socket in use. */
  #next = 1;
  #arrived = 0;
  #nextArrival = 1;

  constructor(name: string, verdicts: Verdicts, bounds: PassageBounds) {
    this.#name = name;
    this.#verdicts = verdicts;
    this.#bounds = bounds;
    this.transfers = new TransferWatch(name, verdicts, bounds);
  }

  /** Frames that were ever sent, each once. */
  get sent(): number {
    return this.#sent;
  }

  /** Frames that ever arrived, each once. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Whether what is kept has reached its bound, or frames are yet to be sent again. */
  get full(): boolean {
    return this.#next <= this.#sent || this.#keptLength >= this.#bounds.windowBytes / 2;
  }

  /** On the sender's next socket the first frame is the one after `received`. */
  sendsFrom(received: number): void {
    this.#next = received + 1;
  }

  arrivesFrom(received: number): void {
    this.#nextArrival = received + 1;
  }

  /** `bounded` says whether the sender knows its bound by now. Answers whether it is a new frame. */
  said(frame: Crossing, bounded: boolean): boolean {
    const number = this.#next++;
    if (number <= this.#sent) {
      this.#again(number, frame);
      return false;
    }
    this.#sent = number;
    if (bounded) this.#measure(frame);
    this.#kept.push(frame);
    this.#keptLength += frame.length;
    return true;
  }

  /** Answers the number of the frame. */
  heard(): number {
    const number = this.#nextArrival++;
    this.#arrived = Math.max(this.#arrived, number);
    return number;
  }

  /** The sender is told that its frames up to this one arrived. */
  acknowledge(number: number): void {
    for (; this.#acknowledged < Math.min(number, this.#sent); this.#acknowledged++) {
      this.#keptLength -= this.#kept.shift()?.length ?? 0;
    }
  }

  /** The receiver says that it has the frames up to this one. */
  claim(number: number): void {
    this.#verdicts.check(
      number <= this.#arrived,
      'ack-is-true',
      () => `${this.#name}: frame ${number} is acknowledged, ${this.#arrived} arrived`,
    );
  }

  #again(number: number, { same }: Crossing): void {
    const first = this.#kept[number - this.#acknowledged - 1]?.same;
    this.#verdicts.check(
      first === undefined || first === same,
      'same-frame',
      () => `${this.#name}: frame ${number} was ${first} and is ${same}`,
    );
  }

  #measure({ units, shares }: Crossing): void {
    const { windowBytes, largest } = this.#bounds;
    const before = this.#keptLength;
    this.#verdicts.check(
      before < windowBytes / 2 || !shares,
      'stream-share',
      () => `${this.#name}: ${before} are kept, and an item or a part leaves`,
    );
    const fits = before < windowBytes && before + units <= windowBytes + largest + overhead;
    this.#verdicts.check(
      before === 0 || fits,
      'frame-window',
      () => `${this.#name}: ${before} are kept, and ${units} more leave; ${windowBytes} are allowed`,
    );
  }
}
