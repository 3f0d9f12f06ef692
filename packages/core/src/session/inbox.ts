import type { Delivery, MessageHandler } from './delivery.js';
import { Fifo } from './fifo.js';
import { Pace } from './pace.js';
import type { Clock, Turn } from './ports.js';

/** Bytes that wait for a turn of theirs; what comes beyond that has those before it handed on at once. */
const mostBytes = 1_048_576;

/** What has come in, handed on in its order. What takes its time takes several turns. */
export class Inbox {
  readonly #turn: Turn;
  readonly #pace: Pace;
  /** What is handed on next, and what comes after it. */
  #current: Delivery | undefined;
  /** Made when the first has to wait. */
  #waiting: Fifo<Delivery> | undefined;
  #bytes = 0;
  #state: 'idle' | 'handing' | 'resting' = 'idle';
  #goesOn = false;

  /** Takes what is handed on; set before anything comes. */
  handler: MessageHandler | undefined;

  constructor(turn: Turn, clock: Clock) {
    this.#turn = turn;
    this.#pace = new Pace(clock);
  }

  /** What is being handed on. */
  get arrived(): Delivery | undefined {
    return this.#state === 'handing' ? this.#current : undefined;
  }

  /** Whether more was handed on in this turn than what has had the time to be answered. */
  get goesOn(): boolean {
    return this.#goesOn;
  }

  /** Comes at `now`. */
  push(delivery: Delivery, now: number): void {
    this.#bytes += delivery.bytes;
    if (this.#state === 'idle') {
      this.#current = delivery;
      this.#pace.came(now);
      this.#hand();
      return;
    }
    this.#waiting ??= new Fifo();
    this.#waiting.push(delivery);
    if (this.#state === 'resting') this.#handDownTo(mostBytes);
  }

  /** Hands on all that waits; does nothing while something is being handed on. */
  drain(): void {
    if (this.#state === 'resting') this.#handDownTo(0);
  }

  /** Nothing more is handed on. */
  clear(): void {
    this.#current = undefined;
    this.#waiting = undefined;
    this.#bytes = 0;
  }

  #hand(): void {
    this.#state = 'handing';
    try {
      for (let next = this.#upcoming(); next && this.#pace.allows(); next = this.#upcoming())
        this.#handOn(next);
    } finally {
      // Also when somebody throws: nobody is to be unheard for ever because of one message.
      if (this.#upcoming()) this.#rest();
      else this.#state = 'idle';
    }
  }

  /** The turn that it rests for is still to come. */
  #handDownTo(bytes: number): void {
    this.#state = 'handing';
    try {
      for (let next = this.#upcoming(); next && this.#bytes > bytes; next = this.#upcoming())
        this.#handOn(next);
    } finally {
      this.#state = 'resting';
    }
  }

  #rest(): void {
    this.#state = 'resting';
    this.#turn.flush({ flush: () => this.#measure(), activity: 0 });
  }

  #measure(): void {
    this.#goesOn = false;
    if (this.#pace.tired()) return this.#turn.yield(() => this.#begin());
    this.#goesOn = this.#upcoming() !== undefined;
    try {
      this.#hand();
    } finally {
      // Also when somebody throws: what waits for the end of it is not to wait for ever.
      if (this.#goesOn && this.#state === 'idle')
        this.#turn.flush({ flush: () => this.#settle(), activity: 0 });
    }
  }

  #settle(): void {
    this.#goesOn = false;
  }

  #begin(): void {
    this.#pace.begin();
    this.#hand();
  }

  /** What is handed on next, from now on the current one. */
  #upcoming(): Delivery | undefined {
    this.#current ??= this.#waiting?.shift();
    return this.#current;
  }

  /** Hands on one message. */
  #handOn(delivery: Delivery): void {
    try {
      delivery.next(this.handler);
    } finally {
      // Whoever got it may have ended the session.
      if (delivery.done && this.#current === delivery) {
        this.#current = undefined;
        this.#bytes -= delivery.bytes;
      }
    }
  }
}
