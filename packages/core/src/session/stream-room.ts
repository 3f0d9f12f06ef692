import type { Turn } from './ports.js';

/** Characters up to which stream items are pulled ahead of the socket. */
const aheadLength = 65_536;

/** What an item is taken to need at least, before it is there. */
const smallItem = 256;

/** How long items may be pulled in one turn, in ms, and after how many of them the clock is read. */
const turnMs = 4;
const clockEvery = 16;

export interface StreamRoomOptions {
  readonly turn: Turn;
  readonly now: () => number;
  /** Characters of items that wait for the socket. */
  readonly waiting: () => number;
  /** Characters of items that the session's window still takes. */
  readonly window: () => number;
  /** Somebody found no room: a flush is to come, after which there may be some. */
  readonly wanted: () => void;
  /** Gives room to those who wait for it. Answers whether there are more. */
  readonly give: () => boolean;
}

/** How far the streams of a session may be pulled ahead of its socket, all together. */
export class StreamRoom {
  readonly #options: StreamRoomOptions;
  /** Somebody waits for room. */
  #starved = false;
  /** Room is being given; at most one chain of turns does so. */
  #giving = false;
  /** Items that are being pulled in this turn. */
  #reserved = 0;
  #itemLength = smallItem;
  /** Items that were asked for in this turn, and when the first was. */
  #asked = 0;
  #turnBegan = 0;

  constructor(options: StreamRoomOptions) {
    this.#options = options;
  }

  /** Characters that an item of any stream is likely to have: the largest of late, slowly forgotten. */
  get itemLength(): number {
    return this.#itemLength;
  }

  /**
   * Asks for room for one item that is about to be pulled: a stream that finds none waits for its turn. Until the
   * item comes, or the turn ends, it counts as a likely one.
   */
  reserve(): boolean {
    if (this.#tired()) this.#give();
    else if (this.#has(this.#reserved * this.#itemLength)) {
      this.#reserved++;
      return true;
    } else this.#starve();
    return false;
  }

  /** The item came, or will not. */
  release(): void {
    if (this.#reserved > 0) this.#reserved--;
  }

  /** An item was queued. */
  learn(length: number): void {
    this.#itemLength = Math.max(length, smallItem, Math.floor(this.#itemLength * 0.9));
  }

  /** The turn is over: the socket took what it could. */
  flushed(): void {
    this.#reserved = this.#asked = 0;
    if (this.#starved && this.#has(0)) this.#give();
  }

  /** Whether somebody waits for room. */
  get starved(): boolean {
    return this.#starved;
  }

  /** Whether this turn has gone on for so long that a source which never waits holds up everybody else. */
  #tired(): boolean {
    if (this.#asked++ === 0) this.#turnBegan = this.#options.now();
    return this.#asked % clockEvery === 0 && this.#options.now() - this.#turnBegan >= turnMs;
  }

  /** Whether more may wait than what waits already and is being pulled. */
  #has(reserved: number): boolean {
    return this.#options.waiting() + reserved < Math.min(aheadLength, this.#options.window());
  }

  #give(): void {
    this.#starved = false;
    if (this.#giving) return;
    this.#giving = true;
    this.#options.turn.yield(this.#given);
  }

  readonly #given = (): void => {
    this.#giving = false;
    this.#asked = 0;
    if (!this.#has(0)) this.#starve();
    else if (this.#options.give()) this.#give();
  };

  #starve(): void {
    this.#starved = true;
    this.#options.wanted();
  }
}
