import { Fifo } from '../session/fifo.js';
import { wholeLength } from '../session/outgoing.js';
import type { StreamRoom } from '../session/stream-room.js';

/** Characters of items for which streams are resumed at a time. */
const roomLength = 65_536;

/** A stream at its sender. */
export interface Pump {
  /** The session has room for it again. */
  resume(): void;
  /** Length of the last item: what the next is likely to take. */
  readonly length: number;
  /** Whether it still wants room. */
  readonly waits: boolean;
}

/** Pumps that want no room any more a queue keeps before it looks through all to let go of them. */
const sweepAt = 1024;

/** The streams of a session that found no room in it, in the order in which they found none. */
export class StreamTurns {
  /** Made when the first has to wait. */
  #waiting: Fifo<Pump> | undefined;
  /** Those whose items travel in parts. */
  #large: Fifo<Pump> | undefined;
  #stale = 0;

  push(pump: Pump): void {
    this.#waiting ??= new Fifo();
    this.#large ??= new Fifo();
    (pump.length > wholeLength ? this.#large : this.#waiting).push(pump);
  }

  /** One of those that wait was stopped. */
  drop(): void {
    this.#stale++;
    const size = sizeOf(this.#waiting) + sizeOf(this.#large);
    if (this.#stale < sweepAt || this.#stale * 2 < size) return;
    for (const queue of [this.#waiting, this.#large]) queue?.retain((pump) => pump.waits);
    this.#stale = 0;
  }

  /** Resumes about as many as there is room for. Answers whether there are more that it has room for. */
  give(room: StreamRoom): boolean {
    let left = roomLength;
    // Whoever waits again is for the next time.
    for (let count = sizeOf(this.#waiting); count > 0 && left > 0; count--) {
      const pump = this.#waiting?.shift();
      if (!pump?.waits) this.#stale--;
      else {
        const before = room.waiting;
        pump.resume();
        left -= Math.max(pump.length || room.itemLength, room.waiting - before);
      }
    }
    while (room.takesLarge && sizeOf(this.#large) > 0) {
      const pump = this.#large?.shift();
      if (pump?.waits) pump.resume();
      else this.#stale--;
    }
    if (sizeOf(this.#large) > 0) room.await();
    return sizeOf(this.#waiting) > 0;
  }
}

function sizeOf(queue: Fifo<Pump> | undefined): number {
  return queue?.size ?? 0;
}
