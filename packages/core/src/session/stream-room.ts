import { limits } from '../wire/limits.js';
import { wholeLength } from './outgoing.js';
import type { Clock, Turn } from './ports.js';
import { TurnBudget } from './turn-budget.js';

/** Characters up to which stream items are pulled ahead of the socket. */
const aheadLength = 65_536;

/** What an item is taken to need at least, before it is there. */
const smallItem = 256;

/** What has the room. */
export interface RoomOwner {
  /** Characters of items that wait for the socket. */
  readonly itemsWaiting: number;
  /** Items that travel in parts, and have not left entirely. */
  readonly itemsInParts: number;
  /** Characters of items that the session's window still takes. */
  readonly itemWindow: number;
  /** Somebody found no room: a flush is to come, after which there may be some. */
  schedule(): void;
  /** Gives room to those who wait for it. Answers whether there are more. */
  giveRoom(): boolean;
}

/** How far the streams of a session may be pulled ahead of its socket, all together. */
export class StreamRoom {
  readonly #owner: RoomOwner;
  readonly #turn: Turn;
  /** Somebody waits for room; somebody waits until an item in parts has left. */
  #starved = false;
  #largeStarved = false;
  /** Room is being given; at most one chain of turns does so. */
  #giving = false;
  /** Items that are being pulled in this turn. */
  #reserved = 0;
  #itemLength = smallItem;
  /** Items that are being pulled, and are likely to travel in parts. */
  #largeReserved = 0;
  readonly #budget: TurnBudget;

  constructor(owner: RoomOwner, turn: Turn, clock: Clock) {
    this.#owner = owner;
    this.#turn = turn;
    this.#budget = new TurnBudget(clock);
  }

  /** Characters that an item of any stream is likely to have: the largest of late, slowly forgotten. */
  get itemLength(): number {
    return this.#itemLength;
  }

  /**
   * Asks for room for one item that is about to be pulled: a stream that finds none waits for its turn. Until the
   * item comes, or the turn ends, it counts as a likely one. `length` is that of the stream's last item: those that
   * travel in parts wait for each other, and nobody else for them.
   */
  reserve(length: number): boolean {
    if (!this.ask(length)) return false;
    this.take(length);
    return true;
  }

  /** The same for an item that comes at once: there is nothing to reserve. */
  ask(length: number): boolean {
    if (this.#budget.spent()) this.#give();
    else if (length > wholeLength && (this.#largeStarved || !this.takesLarge)) this.await();
    else if (this.#has(this.#reserved * this.#itemLength)) return true;
    else this.#starve();
    return false;
  }

  /** The item came, or will not; `length` is what was said when it was asked for. */
  release(length: number): void {
    if (this.#reserved > 0) this.#reserved--;
    if (length > wholeLength && this.#largeReserved > 0) this.#largeReserved--;
  }

  /** One item is about to be pulled, by somebody who waited for it. */
  take(length: number): void {
    this.#reserved++;
    if (length > wholeLength) this.#largeReserved++;
  }

  /** Characters of items that wait for the socket. */
  get waiting(): number {
    return this.#owner.itemsWaiting;
  }

  /** Whether one more item may be pulled that is likely to travel in parts. */
  get takesLarge(): boolean {
    return this.#owner.itemsInParts + this.#largeReserved < limits.unfinished.default;
  }

  /** An item was queued. */
  learn(length: number): void {
    this.#itemLength = Math.max(length, smallItem, Math.floor(this.#itemLength * 0.9));
  }

  /** The turn is over: the socket took what it could. */
  flushed(): void {
    this.#reserved = this.#largeReserved = 0;
    this.#budget.begin();
    if ((this.#starved || (this.#largeStarved && this.takesLarge)) && this.#has(0)) this.#give();
  }

  /** Somebody waits until another item in parts may be pulled. */
  await(): void {
    this.#largeStarved = true;
    this.#owner.schedule();
  }

  /** Whether somebody waits for room. */
  get starved(): boolean {
    return this.#starved || this.#largeStarved;
  }

  /** Whether more may wait than what waits already and is being pulled. */
  #has(reserved: number): boolean {
    return this.#owner.itemsWaiting + reserved < Math.min(aheadLength, this.#owner.itemWindow);
  }

  #give(): void {
    this.#starved = this.#largeStarved = false;
    if (this.#giving) return;
    this.#giving = true;
    this.#turn.yield(() => this.#given());
  }

  #given(): void {
    this.#giving = false;
    this.#budget.begin();
    if (!this.#has(0)) this.#starve();
    else if (this.#owner.giveRoom()) this.#give();
  }

  #starve(): void {
    this.#starved = true;
    this.#owner.schedule();
  }
}
