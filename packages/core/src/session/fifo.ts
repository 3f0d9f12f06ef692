/** Slots that a queue begins with, and up to which it keeps them once it is empty. Powers of two. */
const fewSlots = 4;
const keptSlots = 1024;

/** Most queues never hold more than one entry, and need no slots. */
const noSlots: never[] = [];

/**
 * A queue that costs the same to push and to shift, however long it is, and makes nothing new while it stays as long
 * as it was. Behind the first entry there is a ring, whose slots double when there are too few of them, and halve when
 * a quarter would do.
 */
export class Fifo<T> {
  #first: T | undefined;
  #slots: (T | undefined)[] = noSlots;
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(entry: T): void {
    if (this.#size === 0) this.#first = entry;
    else {
      const behind = this.#size - 1;
      if (behind === this.#slots.length) this.#resize(Math.max(fewSlots, 2 * behind));
      this.#slots[this.#slotOf(behind)] = entry;
    }
    this.#size++;
  }

  peek(): T | undefined {
    return this.#first;
  }

  shift(): T | undefined {
    const entry = this.#first;
    this.#first = this.#size > 1 ? this.#advance() : undefined;
    if (this.#size > 0) this.#size--;
    return entry;
  }

  /** The entry that `index` others are ahead of. */
  at(index: number): T | undefined {
    if (index === 0) return this.#first;
    return index < this.#size ? this.#slots[this.#slotOf(index - 1)] : undefined;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#size; i++) yield this.at(i) as T;
  }

  prepend(entries: readonly T[]): void {
    this.#become([...entries, ...this]);
  }

  /** Lets go of all entries but these. */
  retain(wanted: (entry: T) => boolean): void {
    this.#become([...this].filter(wanted));
  }

  clear(): void {
    this.#become([]);
  }

  #slotOf(index: number): number {
    return (this.#head + index) & (this.#slots.length - 1);
  }

  /** The second; the ring begins behind it from now on. */
  #advance(): T | undefined {
    const { length } = this.#slots;
    if (length > keptSlots && this.#size * 4 <= length) this.#resize(length / 2);
    const entry = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = this.#slotOf(1);
    return entry;
  }

  #become(entries: readonly T[]): void {
    this.#first = undefined;
    this.#slots = noSlots;
    this.#head = this.#size = 0;
    for (const entry of entries) this.push(entry);
  }

  #resize(slots: number): void {
    const entries = Array.from({ length: this.#size - 1 }, (_, i) => this.#slots[this.#slotOf(i)]);
    this.#slots = new Array<T | undefined>(slots).fill(undefined);
    for (let i = 0; i < entries.length; i++) this.#slots[i] = entries[i];
    this.#head = 0;
  }
}
