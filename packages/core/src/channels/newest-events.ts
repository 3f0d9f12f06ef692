import type { ChannelEvent } from './channel-event.js';

/** The newest event of each key, whether its log still holds it or not. */
export class NewestEvents {
  readonly #most: number;
  readonly #events = new Map<unknown, ChannelEvent>();
  /** Number of the last event that was forgotten though it was the newest of its key. */
  #forgotten = 0;

  /** It forgets the oldest of more keys than that. */
  constructor(most: number) {
    this.#most = most;
  }

  add(event: ChannelEvent): void {
    // Last in the order of the map, which is that of the numbers.
    this.#events.delete(event.key);
    this.#events.set(event.key, event);
    if (this.#events.size <= this.#most) return;
    for (const [key, { number }] of this.#events) {
      this.#events.delete(key);
      this.#forgotten = number;
      return;
    }
  }

  /** Whether a later event has the same key. */
  supersedes(event: ChannelEvent): boolean {
    const newest = this.#events.get(event.key);
    return newest !== undefined && newest.number !== event.number;
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
  }
}
