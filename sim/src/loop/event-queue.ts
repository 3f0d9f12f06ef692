/** Something that is to happen; one without a callback was called off. */
export interface Scheduled {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

function before(one: Scheduled, other: Scheduled): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** What is to happen, by time; what was asked for first comes first among equals. */
export class EventQueue {
  readonly #heap: Scheduled[] = [];
  #orders = 0;

  push(at: number, callback: () => void): Scheduled {
    const entry: Scheduled = { at, order: this.#orders++, callback };
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    return entry;
  }

  /** The next that was not called off. */
  pop(): Scheduled | undefined {
    for (let next = this.#shift(); next; next = this.#shift()) if (next.callback) return next;
    return undefined;
  }

  #shift(): Scheduled | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    this.#sink(last);
    return first;
  }

  #rise(start: number): void {
    const heap = this.#heap;
    const entry = heap[start] as Scheduled;
    let i = start;
    while (i > 0) {
      const parentAt = (i - 1) >> 1;
      const parent = heap[parentAt] as Scheduled;
      if (!before(entry, parent)) break;
      heap[i] = parent;
      i = parentAt;
    }
    heap[i] = entry;
  }

  #sink(entry: Scheduled): void {
    const heap = this.#heap;
    const size = heap.length;
    let i = 0;
    for (let child = 1; child < size; child = 2 * i + 1) {
      const right = child + 1;
      if (right < size && before(heap[right] as Scheduled, heap[child] as Scheduled)) child = right;
      const least = heap[child] as Scheduled;
      if (!before(least, entry)) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = entry;
  }
}
