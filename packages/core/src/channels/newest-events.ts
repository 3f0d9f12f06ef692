import type { ChannelEvent } from './channel-event.js';
import type { MemoryLogBounds } from './memory-log.js';

/** The newest event of each key, whether its log still holds it or not. */
export class NewestEvents {
  readonly #most: MemoryLogBounds;
  readonly #events = new Map<unknown, ChannelEvent>();
  /** Number of the last event that was forgotten though it was the newest of its key. */
  #forgotten: number;
  #bytes = 0;

  /** It knows nothing of the events up to that number, and forgets the oldest of more than so many. */
  constructor(after: number, most: MemoryLogBounds) {
    this.#forgotten = after;
    this.#most = most;
  }

  add(event: ChannelEvent): void {
    // Last in the order of the map, which is that of the numbers.
    this.#remove(event.key);
    this.#events.set(event.key, event);
    this.#bytes += event.length;
    const { events, bytes } = this.#most;
    for (const [key, { number }] of this.#events) {
      if (this.#events.size <= events && (this.#bytes <= bytes || key === event.key)) return;
      this.#remove(key);
      this.#forgotten = number;
    }
  }

  #remove(key: unknown): void {
    const event = this.#events.get(key);
    if (event === undefined) return;
    this.#events.delete(key);
    this.#bytes -= event.length;
  }

  /** Whether a later event has the same key. */
  supersedes(event: ChannelEvent): boolean {
    const newest = this.#events.get(event.key);
    return newest !== undefined && newest.number > event.number;
  }

  /** Those whose numbers are from the one on and below the other; undefined if some of them were forgotten. */
  between(from: number, below: number): readonly ChannelEvent[] | undefined {
    if (from <= this.#forgotten) return undefined;
    const found: ChannelEvent[] = [];
    for (const event of this.#events.values()) {
      if (event.number >= below) break;
      if (event.number >= from) found.push(event);
    }
    return found;
  }

  clear(): void {
    this.#events.clear();
    this.#bytes = 0;
  }
}
