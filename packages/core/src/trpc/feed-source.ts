import type { Feed } from '../rpc/dispatch.js';

/** How a router writes what it sends. */
export interface OutputTransformer {
  serialize(value: unknown): unknown;
}

/** Under it, a subscription says how it is fed. */
export const feedMark: unique symbol = Symbol.for('hawser.feed');

/** A subscription that need not be pulled: a procedure returns it as it is. */
export interface FeedSource {
  /** `after` is the cursor that its subscriber brought. */
  readonly [feedMark]: (output: OutputTransformer, after: string | undefined) => Feed;
}

export function isFeedSource(value: unknown): value is FeedSource {
  return typeof value === 'object' && value !== null && feedMark in value;
}
