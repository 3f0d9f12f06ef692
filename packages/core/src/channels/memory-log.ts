import { Fifo } from '../session/fifo.js';
import type { ChannelLog, LoggedEvent } from './channel-log.js';

/** What a log holds at most; of what is larger than all, the newest event alone. */
export interface MemoryLogBounds {
  readonly events: number;
  /** Characters and bytes. */
  readonly bytes: number;
}

/** A log in the memory of this process. */
export class MemoryLog implements ChannelLog {
  readonly epoch: string;
  readonly #bounds: MemoryLogBounds;
  readonly #events = new Fifo<LoggedEvent>();
  /** Told by how much it grew. */
  readonly #grown: (bytes: number) => void;
  #bytes = 0;
  #last = 0;
  #told: () => void = () => {};

  constructor(epoch: string, bounds: MemoryLogBounds, grown: (bytes: number) => void = () => {}) {
    this.epoch = epoch;
    this.#bounds = bounds;
    this.#grown = grown;
  }

  get first(): number {
    return this.#last - this.#events.size + 1;
  }

  get last(): number {
    return this.#last;
  }

  append(make: (number: number) => LoggedEvent): LoggedEvent {
    const event = make(this.#last + 1);
    this.#last++;
    this.#events.push(event);
    this.#grow(event.length);
    const { events, bytes } = this.#bounds;
    while (this.#events.size > 1 && (this.#events.size > events || this.#bytes > bytes)) this.#drop();
    this.#told();
    return event;
  }

  read(number: number): LoggedEvent | undefined {
    return number < this.first ? undefined : this.#events.at(number - this.first);
  }

  tail(listener: () => void): void {
    this.#told = listener;
  }

  trim(first: number): void {
    while (this.first < first && this.#events.size > 0) this.#drop();
  }

  close(): void {
    this.#told = () => {};
    this.trim(this.#last + 1);
  }

  #drop(): void {
    const event = this.#events.shift();
    if (event) this.#grow(-event.length);
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#grown(bytes);
  }
}
