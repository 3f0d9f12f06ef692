import type { Gap, Progress } from '@hawser/core';
import type { TRPCClientError, TRPCPromise } from '@trpc/client';
import type {
  AnyTRPCProcedure,
  AnyTRPCRouter,
  inferProcedureErrorShape,
  inferProcedureInput,
  inferProcedureOutput,
  TRPCRouterRecord,
} from '@trpc/server';
import type { Received, RootTypes } from './received.js';

export interface CallOptions {
  /** Rejects the call at once, and reaches the handler's `signal`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * For the whole call, in ms, outages included; it travels with the call. Without it a query or mutation times
   * out after `connect`'s `timeoutMs` of silence, and a subscription never. `Infinity` is never.
   */
  readonly timeoutMs?: number | undefined;
  /** Told what the server has taken of the streams in the input, each time it asks for more. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface MutateOptions extends CallOptions {
  /**
   * Running it twice does no harm: when its session is lost, it is made again once, as a query is, instead of
   * rejecting with outcome `unknown`. Default false.
   */
  readonly idempotent?: boolean | undefined;
}

export interface SubscribeOptions extends CallOptions {
  /**
   * Items may be missing before the next one. With it the subscription goes on; without it, it ends with an
   * error of code `gap`.
   */
  readonly onGap?: ((gap: Gap) => void) | undefined;
}

/** What a subscription tells. None of these is called after `unsubscribe`, or after an abort. */
export interface SubscriptionCallbacks<Item, Failure> {
  /** The server's handler has begun; again after each new session. */
  readonly onStarted?: (() => void) | undefined;
  /** An item, in order. While a returned promise is pending, no other comes and the server waits. */
  readonly onData?: ((item: Item) => unknown) | undefined;
  /** The subscription is over. */
  readonly onError?: ((error: Failure) => void) | undefined;
  /** The subscription is over, by itself; then `onComplete`. */
  readonly onStopped?: (() => void) | undefined;
  readonly onComplete?: (() => void) | undefined;
}

type WithoutCallbacks = { readonly [Name in keyof SubscriptionCallbacks<never, never>]?: undefined };

export interface IterateOptions extends SubscribeOptions, WithoutCallbacks {}
export interface ObserveOptions<Item, Failure>
  extends SubscribeOptions,
    SubscriptionCallbacks<Item, Failure> {}

export interface Unsubscribable {
  /** Ends the subscription at both ends. */
  unsubscribe(): void;
}

type ItemOf<Output> = Output extends AsyncIterable<infer Item> ? Item : Output;
type ErrorOf<Shape> = TRPCClientError<{ transformer: boolean; errorShape: Shape }>;

export type Query<Input, Output, Shape> = (input: Input, options?: CallOptions) => TRPCPromise<Output, Shape>;

export type Mutate<Input, Output, Shape> = (
  input: Input,
  options?: MutateOptions,
) => TRPCPromise<Output, Shape>;

export interface Subscribe<Input, Output, Shape> {
  /**
   * An async iterable, to be iterated once. It subscribes at the first `next()`; leaving the loop, or an abort,
   * ends the subscription.
   */
  (input: Input, options?: IterateOptions): AsyncIterableIterator<ItemOf<Output>, void, undefined>;
  /** With any callback it subscribes at once. */
  (input: Input, options: ObserveOptions<ItemOf<Output>, ErrorOf<Shape>>): Unsubscribable;
}

type Procedure<Type, Input, Output, Shape> = Type extends 'query'
  ? { query: Query<Input, Output, Shape> }
  : Type extends 'mutation'
    ? { mutate: Mutate<Input, Output, Shape> }
    : { subscribe: Subscribe<Input, Output, Shape> };

type Branch<Root extends RootTypes, Record extends TRPCRouterRecord> = {
  readonly [Key in keyof Record]: Record[Key] extends infer Member
    ? Member extends AnyTRPCProcedure
      ? Procedure<
          Member['_def']['type'],
          inferProcedureInput<Member>,
          Received<Root, inferProcedureOutput<Member>>,
          inferProcedureErrorShape<Root, Member>
        >
      : Member extends TRPCRouterRecord
        ? Branch<Root, Member>
        : never
    : never;
};

/** The calls of a router: the same names, inputs, outputs and errors as tRPC's own client gives them. */
// The root types are written out: an alias would print the whole router when a part of it is hovered.
export type Client<Router extends AnyTRPCRouter> = Branch<
  {
    transformer: Router['_def']['_config']['$types']['transformer'];
    errorShape: Router['_def']['_config']['$types']['errorShape'];
  },
  Router['_def']['record']
>;
