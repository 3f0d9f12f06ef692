import type { Delivery, Hand } from './delivery.js';
import { Fifo } from './fifo.js';
import type { Turn } from './ports.js';
import { TurnBudget } from './turn-budget.js';

/** Bytes that wait for a turn of theirs; what comes beyond that has those before it handed on at once. */
const mostBytes = 262_144;

export interface InboxOptions {
  readonly turn: Turn;
  readonly now: () => number;
  readonly hand: Hand;
}

/** What has come in, handed on in its order. What takes its time takes several turns. */
export class Inbox {
  readonly #options: InboxOptions;
  readonly #budget: TurnBudget;
  readonly #waiting = new Fifo<Delivery>();
  #bytes = 0;
  #arrived: Delivery | undefined;
  #state: 'idle' | 'handing' | 'resting' = 'idle';

  constructor(options: InboxOptions) {
    this.#options = options;
    this.#budget = new TurnBudget(options.now);
  }

  /** What is being handed on, or was last. */
  get arrived(): Delivery | undefined {
    return this.#arrived;
  }

  push(delivery: Delivery): void {
    this.#waiting.push(delivery);
    this.#bytes += delivery.bytes;
    if (this.#state === 'idle') this.#hand();
    else if (this.#state === 'resting') this.#handDownTo(mostBytes);
  }

  /** Hands on all that waits; does nothing while something is being handed on. */
  drain(): void {
    if (this.#state === 'resting') this.#handDownTo(0);
  }

  /** Nothing more is handed on. */
  clear(): void {
    this.#waiting.clear();
    this.#bytes = 0;
  }

  #hand(): void {
    this.#state = 'handing';
    this.#budget.begin();
    try {
      while (this.#next()) if (this.#budget.spent()) return this.#rest();
    } finally {
      // Nobody is to be unheard for ever because one message made somebody throw.
      if (this.#state === 'handing') this.#state = 'idle';
    }
  }

  /** A turn of its own is still to come. */
  #handDownTo(bytes: number): void {
    this.#state = 'handing';
    while (this.#bytes > bytes) this.#next();
    this.#state = 'resting';
  }

  #rest(): void {
    this.#state = 'resting';
    this.#options.turn.yield(() => this.#hand());
  }

  /** Hands on one message. Answers whether there are more. */
  #next(): boolean {
    const delivery = this.#waiting.peek();
    if (delivery === undefined) return false;
    this.#arrived = delivery;
    delivery.next(this.#options.hand);
    // Whoever got it may have ended the session.
    if (delivery.done && this.#waiting.peek() === delivery) {
      this.#waiting.shift();
      this.#bytes -= delivery.bytes;
    }
    return this.#waiting.size > 0;
  }
}
