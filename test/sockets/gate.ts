/** A promise that a test settles when it wants to. */
export class Gate<T = void> {
  readonly passed: Promise<T>;
  #open!: (value: T) => void;

  constructor() {
    this.passed = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(value: T): void {
    this.#open(value);
  }
}

/** Resolves with the signal's reason when it fires. */
export function fired(signal: AbortSignal | undefined): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (signal === undefined) return reject(new Error('The handler got no signal'));
    if (signal.aborted) return resolve(signal.reason);
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true });
  });
}
