import type { Gap, Unsubscribable } from '@hawser/client';
import { LineOutage } from './line-outage.js';
import type { Page } from './page.js';
import type { StreamPlan } from './stream-plan.js';
import type { StreamProcedure } from './stream-procedure.js';
import type { StreamStanding } from './stream-result.js';
import { StreamState } from './stream-state.js';

/** Time between two frames that items may take, in ms: about half of it. Then the server waits for the next one. */
const budgetMs = 8;

export interface StreamRunOptions<Item, State> {
  readonly page: Page;
  readonly plan: () => StreamPlan<Item, State>;
  /** Told that there is something to show. */
  readonly changed: () => void;
}

type Phase<Failure> =
  | { readonly name: 'starting' | 'running' | 'ended' }
  | { readonly name: 'failed'; readonly error: Failure }
  /** Code of the user threw. */
  | { readonly name: 'crashed'; readonly error: unknown };

/** One subscription, from `start` until `stop`: takes what comes at the pace of the page. */
export class StreamRun<Item, Failure, State> {
  readonly #page: Page;
  readonly #plan: () => StreamPlan<Item, State>;
  readonly #changed: () => void;
  readonly #state: StreamState<Item, State>;
  readonly #outage: LineOutage;
  readonly #unwatch: () => void;
  #subscription: Unsubscribable | undefined;
  #phase: Phase<Failure> = { name: 'starting' };
  /** The newest item that came while nobody saw the page. */
  #unseen: { readonly item: Item } | undefined;
  /** Has the next item come; set while the server waits. */
  #release: (() => void) | undefined;
  /** What items took since the last frame, in ms. */
  #spent = 0;
  /** When the last item of this turn was done. */
  #mark: number | undefined;

  constructor({ page, plan, changed }: StreamRunOptions<Item, State>) {
    this.#page = page;
    this.#plan = plan;
    this.#changed = changed;
    this.#state = new StreamState(plan);
    this.#outage = new LineOutage(page, changed);
    this.#unwatch = page.watch(() => this.#visibilityChanged());
  }

  start<Input>(procedure: StreamProcedure<Input, Item, Failure>, input: Input): void {
    this.#attempt(() => {
      const { connection } = this.#plan();
      if (connection) this.#outage.follow(connection);
      this.#subscription = procedure.subscribe(input, {
        onStarted: () => this.#started(),
        onData: (item) => this.#item(item),
        onGap: (gap) => this.#gap(gap),
        onError: (error) => this.#over({ name: 'failed', error }),
        onComplete: () => this.#over({ name: 'ended' }),
      });
    });
  }

  /** Ends the subscription at both ends. */
  stop(): void {
    this.#unwatch();
    this.#outage.stop();
    this.#subscription?.unsubscribe();
    this.#go();
  }

  get value(): State {
    return this.#state.value;
  }

  /** What code of the user threw. */
  get crash(): { readonly error: unknown } | undefined {
    return this.#phase.name === 'crashed' ? this.#phase : undefined;
  }

  get standing(): StreamStanding<Failure> {
    const { gap } = this.#state;
    switch (this.#phase.name) {
      case 'failed':
        return { status: 'error', gap, error: this.#phase.error };
      case 'ended':
      case 'crashed':
        return { status: 'ended', gap, error: undefined };
      case 'starting':
        return { status: 'connecting', gap, error: undefined };
      case 'running':
        return this.#running(gap);
      default:
        return this.#phase satisfies never;
    }
  }

  /** To be called once a frame, before it shows: whatever waits for it is reduced. */
  frame(): void {
    this.#spent = 0;
    const begun = this.#page.now();
    this.#attempt(() => this.#state.settle());
    this.#spent = this.#page.now() - begun;
  }

  #running(gap: Gap | undefined): StreamStanding<Failure> {
    if (this.#outage.away) return { status: 'connecting', gap, error: undefined };
    return gap ? { status: 'gap', gap, error: undefined } : { status: 'live', gap, error: undefined };
  }

  #started(): void {
    if (this.#phase.name !== 'starting') return;
    this.#phase = { name: 'running' };
    this.#changed();
  }

  /** Answers a promise where the server has to wait. */
  #item(item: Item): Promise<void> | undefined {
    this.#started();
    const { hidden } = this.#page;
    const mode = this.#plan().hidden;
    if (hidden && mode === 'latest') {
      this.#unseen = { item };
      return undefined;
    }
    // One that waits to be seen came before this one: the mode was `latest` until now.
    this.#see();
    this.#take(item);
    const waits = this.#spent >= budgetMs || (hidden && mode === 'pause');
    return waits ? this.#hold() : undefined;
  }

  /** What an item takes is the time since the one before, if it came in the same turn: it had to be read as well. */
  #take(item: Item): void {
    const begun = this.#mark ?? this.#page.now();
    if (this.#mark === undefined) {
      queueMicrotask(() => {
        this.#mark = undefined;
      });
    }
    this.#attempt(() => this.#state.add(item));
    this.#mark = this.#page.now();
    this.#spent += this.#mark - begun;
    this.#changed();
  }

  #gap(gap: Gap): void {
    this.#see();
    this.#attempt(() => this.#state.tellGap(gap));
    this.#changed();
  }

  #over(phase: Phase<Failure>): void {
    this.#see();
    if (this.#phase.name === 'crashed') return;
    this.#phase = phase;
    this.#changed();
  }

  /** Reduces the newest of the items that nobody saw. */
  #see(): void {
    if (!this.#unseen) return;
    const { item } = this.#unseen;
    this.#unseen = undefined;
    this.#take(item);
  }

  #hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#arrangeRelease();
    });
  }

  #arrangeRelease(): void {
    if (!this.#page.hidden) this.#page.nextFrame(() => this.#go());
    else if (this.#plan().hidden !== 'pause') this.#page.nextTurn(() => this.#turn());
  }

  /** What a frame is for a page that has none. */
  #turn(): void {
    this.#spent = 0;
    this.#go();
  }

  #go(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #visibilityChanged(): void {
    if (!this.#page.hidden) this.#see();
    if (this.#release) this.#arrangeRelease();
  }

  /** Does nothing once code of the user has thrown. */
  #attempt(work: () => void): void {
    if (this.#phase.name === 'crashed') return;
    try {
      work();
    } catch (error) {
      this.#phase = { name: 'crashed', error };
      this.#subscription?.unsubscribe();
      this.#changed();
    }
  }
}
