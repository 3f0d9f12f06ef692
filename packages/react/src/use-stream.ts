import { useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { browserPage } from './browser-page.js';
import { ConnectionContext } from './connection-provider.js';
import { sameInput } from './same-input.js';
import { selection } from './selection.js';
import type { SkipToken } from './skip-token.js';
import type { NewestOptions, ReduceAllOptions, ReduceOptions } from './stream-options.js';
import type { AnyStreamOptions, StreamPlan } from './stream-plan.js';
import { planOf } from './stream-plan.js';
import type { StreamProcedure } from './stream-procedure.js';
import type { StreamResult } from './stream-result.js';
import { StreamStore } from './stream-store.js';

/**
 * Subscribes to a procedure while the component is mounted. However many items come, it renders once a frame at
 * most, and none is lost; when reducing them takes more than half of a frame's time, the server waits.
 *
 * @param procedure Such as `api.ticks`.
 * @param input Compared by what it holds, so it may be written in place. Another one is another stream, from the
 *   initial state. `skipToken` subscribes to nothing.
 * @param options What to make of the items; without `reduce` or `reduceAll` the newest item is the state.
 */
export function useStream<Input, Item, Failure, Data = Item | undefined>(
  procedure: StreamProcedure<Input, Item, Failure>,
  input: NoInfer<Input> | SkipToken,
  options?: NewestOptions<NoInfer<Item>, Data>,
): StreamResult<Data, Failure>;
export function useStream<Input, Item, Failure, State, Data = State>(
  procedure: StreamProcedure<Input, Item, Failure>,
  input: NoInfer<Input> | SkipToken,
  options: ReduceAllOptions<NoInfer<Item>, State, Data>,
): StreamResult<Data, Failure>;
export function useStream<Input, Item, Failure, State, Data = State>(
  procedure: StreamProcedure<Input, Item, Failure>,
  input: NoInfer<Input> | SkipToken,
  options: ReduceOptions<NoInfer<Item>, State, Data>,
): StreamResult<Data, Failure>;
export function useStream(
  procedure: AnyProcedure,
  input: unknown,
  options: AnyStreamOptions = {},
): StreamResult<unknown, unknown> {
  const plan = planOf(options, useContext(ConnectionContext));
  const store = useStore(procedure, input, plan);
  const select = options.select ?? whole;
  const { read, readServer } = useMemo(() => selection(store, select), [store, select]);
  return useSyncExternalStore(store.subscribe, read, readServer);
}

type AnyProcedure = StreamProcedure<unknown, unknown, unknown>;
type AnyStore = StreamStore<unknown, unknown, unknown, unknown>;

const whole = (state: unknown): unknown => state;

/** The store of this procedure, input and connection; another one in the render in which one of them is another. */
function useStore(procedure: AnyProcedure, input: unknown, plan: StreamPlan<unknown, unknown>): AnyStore {
  const make = () => ({
    store: new StreamStore({ procedure, input, plan, page: browserPage }),
    procedure,
    input,
    connection: plan.connection,
  });
  const [held, hold] = useState(make);
  let current = held;
  const same = held.procedure === procedure && held.connection === plan.connection;
  if (!same || !sameInput(held.input, input)) {
    current = make();
    hold(current);
  }
  const { store } = current;
  useEffect(() => {
    store.plan = plan;
  });
  return store;
}
