interface Identified {
  readonly id: number;
}

/** Slots that a table begins with: a power of two, or none before the first entry, as most sessions are idle. */
const fewSlots = 4;
const noSlots: never[] = [];

/**
 * What is in flight, by ids that rise from 1, or fall from -1. A `Map` would do, but for the collector: when it makes
 * room, its old table goes on pointing at the new one, so that tables which are old enough keep all later ones, and
 * what was in them, until the whole heap is marked. Here most are found in a ring, at their id modulo its size; those
 * who are met there by a later one, because they stay for long, move to a map, in which little changes.
 */
export class IdTable<T extends Identified> {
  #slots: (T | undefined)[] = noSlots;
  #late: Map<number, T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): T | undefined {
    const entry = this.#slots[id & (this.#slots.length - 1)];
    if (entry !== undefined && entry.id === id) return entry;
    return this.#late?.get(id);
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  add(entry: T): void {
    if (this.#size - (this.#late?.size ?? 0) >= this.#slots.length / 2) this.#grow();
    this.#place(entry);
    this.#size++;
  }

  /** Answers whether it was there. */
  delete(id: number): boolean {
    const slot = id & (this.#slots.length - 1);
    if (this.#slots[slot]?.id === id) this.#slots[slot] = undefined;
    else if (!this.#late?.delete(id)) return false;
    this.#size--;
    return true;
  }

  clear(): void {
    this.#slots = noSlots;
    this.#late = undefined;
    this.#size = 0;
  }

  /** All of them, by their ids. */
  values(): T[] {
    const entries = this.#late ? [...this.#late.values()] : [];
    for (const entry of this.#slots) if (entry) entries.push(entry);
    return entries.sort((one, other) => one.id - other.id);
  }

  #place(entry: T): void {
    const slot = entry.id & (this.#slots.length - 1);
    const there = this.#slots[slot];
    if (there) this.#stay(there);
    this.#slots[slot] = entry;
  }

  #stay(entry: T): void {
    this.#late ??= new Map();
    this.#late.set(entry.id, entry);
  }

  #grow(): void {
    const entries = this.values();
    const slots = Math.max(fewSlots, this.#slots.length * 2);
    this.#slots = new Array<T | undefined>(slots).fill(undefined);
    this.#late?.clear();
    for (const entry of entries) this.#place(entry);
  }
}
