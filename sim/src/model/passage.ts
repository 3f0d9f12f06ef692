import type { Verdicts } from './verdicts.ts';

/** What a frame of several small messages may have beside them. */
const overhead = 400;

export interface PassageBounds {
  readonly windowBytes: number;
  /** Length of the largest message. */
  readonly largest: number;
}

/** A data frame as it went over the wire: its acknowledgement, if any, and all the rest. */
export interface DataFrame {
  readonly ack: number | undefined;
  readonly body: string;
}

const bracket = 91;

/** How a frame begins whose first message is an item. */
const itemStart = '[7,';

export function readData(text: string): DataFrame {
  if (text.charCodeAt(1) === bracket) return { ack: undefined, body: text.slice(1) };
  const comma = text.indexOf(',');
  return { ack: Number(text.slice(1, comma)), body: text.slice(comma + 1) };
}

/** The data frames of a session in one direction, over all its sockets, as an onlooker counts them. */
export class Passage {
  readonly #name: string;
  readonly #verdicts: Verdicts;
  readonly #bounds: PassageBounds;
  /** Of the frames that are not acknowledged, oldest first. */
  readonly #kept: string[] = [];
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
  said(body: string, bounded: boolean): boolean {
    const number = this.#next++;
    if (number <= this.#sent) {
      this.#again(number, body);
      return false;
    }
    this.#sent = number;
    if (bounded) this.#measure(body);
    this.#kept.push(body);
    this.#keptLength += body.length - 1;
    return true;
  }

  heard(): void {
    const number = this.#nextArrival++;
    this.#arrived = Math.max(this.#arrived, number);
  }

  /** The sender is told that its frames up to this one arrived. */
  acknowledge(number: number): void {
    for (; this.#acknowledged < Math.min(number, this.#sent); this.#acknowledged++) {
      this.#keptLength -= (this.#kept.shift() ?? '').length - 1;
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

  #again(number: number, body: string): void {
    const first = this.#kept[number - this.#acknowledged - 1];
    this.#verdicts.check(
      first === undefined || first === body,
      'same-frame',
      () => `${this.#name}: frame ${number} was ${first} and is ${body}`,
    );
  }

  #measure(body: string): void {
    const { windowBytes, largest } = this.#bounds;
    const before = this.#keptLength;
    this.#verdicts.check(
      before < windowBytes / 2 || !body.startsWith(itemStart),
      'stream-share',
      () => `${this.#name}: ${before} are kept, and an item leaves`,
    );
    const fits = before < windowBytes && before + body.length <= windowBytes + largest + overhead;
    this.#verdicts.check(
      before === 0 || fits,
      'frame-window',
      () => `${this.#name}: ${before} are kept, and ${body.length} more leave; ${windowBytes} are allowed`,
    );
  }
}
