import type { Page } from './page.js';
import type { SkipToken } from './skip-token.js';
import { skipToken } from './skip-token.js';
import type { StreamPlan } from './stream-plan.js';
import type { StreamProcedure } from './stream-procedure.js';
import type { StreamStanding } from './stream-result.js';
import { StreamRun } from './stream-run.js';

/** What there is to show of a stream. Never changes. */
export interface StreamSnapshot<State, Failure> {
  readonly state: State;
  readonly standing: StreamStanding<Failure>;
  /** What code of the user threw. */
  readonly crash: Crash | undefined;
}

interface Crash {
  readonly error: unknown;
}

export interface StreamStoreOptions<Input, Item, Failure, State> {
  readonly procedure: StreamProcedure<Input, Item, Failure>;
  readonly input: Input | SkipToken;
  readonly plan: StreamPlan<Item, State>;
  readonly page: Page;
}

/**
 * A stream as an external store: it subscribes while it has listeners, and its snapshot changes in frames only. To
 * make one has no effect on anything.
 */
export class StreamStore<Input, Item, Failure, State> {
  /** Of the last render that was committed. */
  plan: StreamPlan<Item, State>;
  readonly #options: StreamStoreOptions<Input, Item, Failure, State>;
  readonly #first: StreamSnapshot<State, Failure>;
  readonly #listeners = new Set<() => void>();
  #snapshot: StreamSnapshot<State, Failure>;
  #run: StreamRun<Item, Failure, State> | undefined;
  /** What `initial` threw instead of a run. */
  #crash: Crash | undefined;
  /** Whether a frame was asked for. */
  #due = false;

  constructor(options: StreamStoreOptions<Input, Item, Failure, State>) {
    this.#options = options;
    this.plan = options.plan;
    const status = options.input === skipToken ? 'idle' : 'connecting';
    const standing = { status, gap: undefined, error: undefined } as const;
    this.#first = { state: options.plan.initial(), standing, crash: undefined };
    this.#snapshot = this.#first;
  }

  readonly snapshot = (): StreamSnapshot<State, Failure> => this.#snapshot;

  /** What is shown where no effect runs. */
  readonly firstSnapshot = (): StreamSnapshot<State, Failure> => this.#first;

  // React may take back a listener in the turn in which it gave it, and StrictMode always does.
  readonly subscribe = (listener: () => void): (() => void) => {
    const own = (): void => listener();
    this.#listeners.add(own);
    queueMicrotask(() => this.#settle());
    return () => {
      this.#listeners.delete(own);
      queueMicrotask(() => this.#settle());
    };
  };

  /** Does nothing while nobody listens. */
  readonly restart = (): void => {
    if (this.#listeners.size === 0) return;
    this.#stop();
    this.#start();
    this.#show();
  };

  #settle(): void {
    if (this.#listeners.size === 0) this.#stop();
    else if (!this.#run && !this.#crash) this.#start();
  }

  #start(): void {
    const { procedure, input } = this.#options;
    if (input === skipToken) return;
    this.#run = this.#makeRun();
    this.#run?.start(procedure, input);
    // What an earlier run left is not this one's.
    if (this.#snapshot !== this.#first) this.#show();
  }

  #makeRun(): StreamRun<Item, Failure, State> | undefined {
    const { page } = this.#options;
    try {
      return new StreamRun({ page, plan: () => this.plan, changed: () => this.#show() });
    } catch (error) {
      this.#crash = { error };
      this.#show();
      return undefined;
    }
  }

  #stop(): void {
    this.#run?.stop();
    this.#run = undefined;
    this.#crash = undefined;
  }

  #show(): void {
    if (this.#due) return;
    this.#due = true;
    this.#options.page.nextFrame(() => {
      this.#due = false;
      this.#publish();
    });
  }

  #publish(): void {
    const next = this.#next();
    const { state, standing, crash } = this.#snapshot;
    const kept = sameStanding(standing, next.standing) ? standing : next.standing;
    if (Object.is(state, next.state) && standing === kept && crash === next.crash) return;
    this.#snapshot = { ...next, standing: kept };
    for (const listener of [...this.#listeners]) listener();
  }

  #next(): StreamSnapshot<State, Failure> {
    const run = this.#run;
    if (this.#crash) return { ...this.#snapshot, standing: ended, crash: this.#crash };
    if (!run) return this.#snapshot;
    run.frame();
    return { state: run.value, standing: run.standing, crash: run.crash };
  }
}

const ended = { status: 'ended', gap: undefined, error: undefined } as const;

function sameStanding<Failure>(a: StreamStanding<Failure>, b: StreamStanding<Failure>): boolean {
  return a.status === b.status && a.gap === b.gap && a.error === b.error;
}
