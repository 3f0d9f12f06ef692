import type { Gap } from '@hawser/client';
import type { StreamPlan } from './stream-plan.js';

/** Items that `reduceAll` gets at a time, at most. */
const mostAtOnce = 1024;

/** The state that a stream's items make, and whether some are missing from it. */
export class StreamState<Item, State> {
  readonly #plan: () => StreamPlan<Item, State>;
  #state: State;
  #gap: Gap | undefined;
  /** Items that `reduceAll` did not get yet. */
  #pending: Item[] = [];

  /** `plan` is asked each time: its functions may be others in each render. */
  constructor(plan: () => StreamPlan<Item, State>) {
    this.#plan = plan;
    this.#state = plan().initial();
  }

  /** Without the items that wait for `settle`. */
  get value(): State {
    return this.#state;
  }

  /** The gap that nothing has mended. */
  get gap(): Gap | undefined {
    return this.#gap;
  }

  add(item: Item): void {
    const { fold, mend } = this.#plan();
    if (mend) this.#gap = undefined;
    if (fold.kind === 'each') {
      this.settle();
      this.#state = fold.reduce(this.#state, item);
      return;
    }
    this.#pending.push(item);
    if (this.#pending.length >= mostAtOnce) this.settle();
  }

  tellGap(gap: Gap): void {
    this.settle();
    // What the server dropped by a rule of its own is no failure.
    if (gap.reason !== 'dropped') this.#gap = gap;
    const { mend } = this.#plan();
    if (mend) this.#state = mend(this.#state, gap);
  }

  /** Reduces what waits. */
  settle(): void {
    if (this.#pending.length === 0) return;
    const items = this.#pending;
    this.#pending = [];
    const { fold } = this.#plan();
    if (fold.kind === 'all') this.#state = fold.reduce(this.#state, items);
    else for (const item of items) this.#state = fold.reduce(this.#state, item);
  }
}
