import type { ObserveOptions, Unsubscribable } from '@hawser/client';

/** A subscription of a router, as `createClient` has it: `api.ticks`. */
export interface StreamProcedure<Input, Item, Failure> {
  readonly subscribe: (input: Input, options: ObserveOptions<Item, Failure>) => Unsubscribable;
}
