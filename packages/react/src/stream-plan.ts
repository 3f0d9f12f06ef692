import type { Gap } from '@hawser/client';
import type { ConnectionLike } from './connection-like.js';
import type { HiddenMode } from './stream-options.js';

/** What is to be done with the items of a stream: its options, defaults filled in. */
export interface StreamPlan<Item, State> {
  readonly initial: () => State;
  readonly fold: Fold<Item, State>;
  /** Without it a gap stays until the stream starts anew. */
  readonly mend: ((state: State, gap: Gap) => State) | undefined;
  readonly hidden: HiddenMode;
  readonly connection: ConnectionLike | undefined;
}

export type Fold<Item, State> =
  | { readonly kind: 'each'; readonly reduce: (state: State, item: Item) => State }
  | { readonly kind: 'all'; readonly reduce: (state: State, items: readonly Item[]) => State };

/** The options of `useStream`, whatever their types are. */
export interface AnyStreamOptions {
  readonly initial?: unknown;
  readonly reduce?: ((state: unknown, item: unknown) => unknown) | undefined;
  readonly reduceAll?: ((state: unknown, items: readonly unknown[]) => unknown) | undefined;
  readonly reduceGap?: ((state: unknown, gap: Gap) => unknown) | undefined;
  readonly select?: ((state: unknown) => unknown) | undefined;
  readonly hidden?: HiddenMode | undefined;
  readonly connection?: ConnectionLike | undefined;
}

export function planOf(
  options: AnyStreamOptions,
  provided: ConnectionLike | undefined,
): StreamPlan<unknown, unknown> {
  const { initial, reduce, reduceAll, reduceGap, hidden = 'keep', connection = provided } = options;
  const common = {
    initial: () => (typeof initial === 'function' ? initial() : initial),
    hidden,
    connection,
  };
  if (reduceAll) return { ...common, fold: { kind: 'all', reduce: reduceAll }, mend: reduceGap };
  if (reduce) return { ...common, fold: { kind: 'each', reduce }, mend: reduceGap };
  return { ...common, fold: newest, mend: unchanged };
}

const newest: Fold<unknown, unknown> = { kind: 'each', reduce: (_, item) => item };

/** Where an item is the whole state, the next one mends it. */
const unchanged = (state: unknown): unknown => state;
