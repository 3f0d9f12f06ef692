/** Taken entries a queue keeps before it lets go of them: one that is never empty must not grow. */
const compactAt = 1024;

/** A queue that costs the same to push and to shift, however long it is. */
export class Fifo<T> {
  #entries: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#entries.length - this.#head;
  }

  push(entry: T): void {
    this.#entries.push(entry);
  }

  peek(): T | undefined {
    return this.#entries[this.#head];
  }

  shift(): T | undefined {
    if (this.#head === this.#entries.length) return undefined;
    const entry = this.#entries[this.#head];
    this.#entries[this.#head++] = undefined;
    if (this.#head === this.#entries.length) this.clear();
    else if (this.#head === compactAt) {
      this.#entries = this.#entries.slice(compactAt);
      this.#head = 0;
    }
    return entry;
  }

  /** The entry that `index` others are ahead of. */
  at(index: number): T | undefined {
    return this.#entries[this.#head + index];
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let i = this.#head; i < this.#entries.length; i++) yield this.#entries[i] as T;
  }

  prepend(entries: readonly T[]): void {
    this.#entries = [...entries, ...this];
    this.#head = 0;
  }

  /** Lets go of all entries but these. */
  retain(wanted: (entry: T) => boolean): void {
    this.#entries = [...this].filter(wanted);
    this.#head = 0;
  }

  clear(): void {
    this.#entries = [];
    this.#head = 0;
  }
}
