/** Slots that a queue begins with, and up to which it keeps them once it is empty. Powers of two. */
const fewSlots = 4;
const keptSlots = 1024;

/**
 * A queue that costs the same to push and to shift, however long it is, and makes nothing new while it stays as long
 * as it was: a ring, whose slots double when there are too few of them, and halve when a quarter would do.
 */
export class Fifo<T> {
  #slots: (T | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(entry: T): void {
    if (this.#size === this.#slots.length) this.#resize(Math.max(fewSlots, 2 * this.#size));
    this.#slots[this.#slotOf(this.#size++)] = entry;
  }

  peek(): T | undefined {
    return this.#slots[this.#head];
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const entry = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = this.#slotOf(1);
    this.#size--;
    const { length } = this.#slots;
    if (length > keptSlots && this.#size * 4 <= length) this.#resize(length / 2);
    return entry;
  }

  /** The entry that `index` others are ahead of. */
  at(index: number): T | undefined {
    return index < this.#size ? this.#slots[this.#slotOf(index)] : undefined;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = 0; i < this.#size; i++) yield this.#slots[this.#slotOf(i)] as T;
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

  #become(entries: readonly T[]): void {
    this.#slots = [];
    this.#head = this.#size = 0;
    for (const entry of entries) this.push(entry);
  }

  #resize(slots: number): void {
    const entries = [...this];
    this.#slots = new Array<T | undefined>(slots).fill(undefined);
    for (let i = 0; i < entries.length; i++) this.#slots[i] = entries[i];
    this.#head = 0;
  }
}
