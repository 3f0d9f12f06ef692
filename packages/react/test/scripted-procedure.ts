import type { Gap, ObserveOptions } from '@hawser/client';
import type { StreamProcedure } from '../src/index.js';

/** A subscription that tells what the test has it tell, at the pace of its subscriber. */
export class Script {
  readonly input: string;
  ended = false;
  /** Items that the subscriber took. */
  taken = 0;
  readonly #callbacks: ObserveOptions<number, Error>;
  readonly #waiting: number[] = [];
  #held = false;

  constructor(input: string, callbacks: ObserveOptions<number, Error>) {
    this.input = input;
    this.#callbacks = callbacks;
  }

  start(): void {
    this.#callbacks.onStarted?.();
  }

  send(...items: number[]): void {
    this.#waiting.push(...items);
    this.#drain();
  }

  gap(gap: Gap): void {
    this.#callbacks.onGap?.(gap);
  }

  fail(error: Error): void {
    this.#callbacks.onError?.(error);
  }

  complete(): void {
    this.#callbacks.onComplete?.();
  }

  #drain(): void {
    while (!this.#held && !this.ended) {
      const item = this.#waiting.shift();
      if (item === undefined) return;
      this.taken++;
      const wait = this.#callbacks.onData?.(item);
      if (wait instanceof Promise) this.#holdUntil(wait);
    }
  }

  #holdUntil(wait: Promise<unknown>): void {
    this.#held = true;
    wait.then(
      () => {
        this.#held = false;
        this.#drain();
      },
      (error: unknown) => this.fail(error instanceof Error ? error : new Error(String(error))),
    );
  }
}

/** Each subscription that was made, and the procedure to make them. */
export function scripted() {
  const scripts: Script[] = [];
  const procedure: StreamProcedure<string, number, Error> = {
    subscribe(input, callbacks) {
      const script = new Script(input, callbacks);
      scripts.push(script);
      return {
        unsubscribe() {
          script.ended = true;
        },
      };
    },
  };
  return {
    procedure,
    scripts,
    get last(): Script {
      const script = scripts.at(-1);
      if (!script) throw new Error('Nobody has subscribed');
      return script;
    },
  };
}
