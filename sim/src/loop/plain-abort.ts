/** The part of a signal that is used in a world. */
class PlainSignal {
  aborted = false;
  reason: unknown;
  readonly #listeners = new Set<() => void>();

  addEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  fire(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}

/** Stands in for the runtime's AbortController, whose events and their clock are not the world's, and not cheap. */
export class PlainAbortController {
  readonly signal = new PlainSignal();

  abort(reason?: unknown): void {
    this.signal.fire(reason);
  }
}
