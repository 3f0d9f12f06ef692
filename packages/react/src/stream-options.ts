import type { Gap } from '@hawser/client';
import type { ConnectionLike } from './connection-like.js';

/**
 * What becomes of a stream while nobody sees the page. Nothing is rendered in any case.
 *
 * - `keep`: items are read and reduced as they come.
 * - `latest`: items are read, and only the newest is reduced, when the page is seen again. The others are dropped.
 * - `pause`: no item is read, so that the server sends no more than the stream's window and waits.
 */
export type HiddenMode = 'keep' | 'latest' | 'pause';

interface CommonOptions {
  /** Default `keep`. */
  readonly hidden?: HiddenMode | undefined;
  /**
   * Whose outages show as `connecting`. Default: that of the nearest `ConnectionProvider`; without one, they do not
   * show. Another one starts the stream anew.
   */
  readonly connection?: ConnectionLike | undefined;
}

/** The newest item is the state, `undefined` before the first. */
export interface NewestOptions<Item, Data> extends CommonOptions {
  /** What the component needs of the state; renders only when that changes (`Object.is`). Must be pure. */
  readonly select?: ((newest: Item | undefined) => Data) | undefined;
  readonly initial?: undefined;
  readonly reduce?: undefined;
  readonly reduceAll?: undefined;
  readonly reduceGap?: undefined;
}

interface StateOptions<State, Data> extends CommonOptions {
  /** The state before the first item, and after `restart`; a function is called for it. */
  readonly initial: State | (() => State);
  /**
   * The state after a gap: items may be missing at this point. With it, the state counts as whole again from the
   * next item on; without it, the status stays `gap` until `restart`. Told what the server dropped by its own rule,
   * too (`gap.reason` is `dropped`), which is no `gap` of the status.
   */
  readonly reduceGap?: ((state: NoInfer<State>, gap: Gap) => NoInfer<State>) | undefined;
  /** What the component needs of the state; renders only when that changes (`Object.is`). Must be pure. */
  readonly select?: ((state: NoInfer<State>) => Data) | undefined;
}

export interface ReduceOptions<Item, State, Data> extends StateOptions<State, Data> {
  /**
   * The state after one more item; called for each, in order, not in a render. A state that is altered in place and
   * returned again does not render. What it throws ends the stream, and is thrown in the render.
   */
  readonly reduce: (state: NoInfer<State>, item: Item) => NoInfer<State>;
  readonly reduceAll?: undefined;
}

export interface ReduceAllOptions<Item, State, Data> extends StateOptions<State, Data> {
  /**
   * The state after some more items, in order: all that came since the last frame, at most 1,024 at a time. For
   * states that are copied, such as lists. What it throws ends the stream, and is thrown in the render.
   */
  readonly reduceAll: (state: NoInfer<State>, items: readonly Item[]) => NoInfer<State>;
  readonly reduce?: undefined;
}

export type StreamOptions<Item, State, Data> =
  | NewestOptions<Item, Data>
  | ReduceOptions<Item, State, Data>
  | ReduceAllOptions<Item, State, Data>;
