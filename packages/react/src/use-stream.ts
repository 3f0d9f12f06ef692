import { useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { browserPage } from './browser-page.js';
import { ConnectionContext } from './connection-provider.js';
import { selection } from './selection.js';
import type { SkipToken } from './skip-token.js';
import type { NewestOptions, ReduceAllOptions, ReduceOptions } from './stream-options.js';
import type { AnyStreamOptions, StreamPlan } from './stream-plan.js';
import { planOf } from './stream-plan.js';
import type { StreamProcedure } from './stream-procedure.js';
import type { StreamResult } from './stream-result.js';
import { StreamStore } from './stream-store.js';
import type { StreamSource } from './unsteady-stream.js';
import { sameSource, unsteadyStream } from './unsteady-stream.js';

/**
 * Subscribes to a procedure while the component is mounted. However many items come, it renders once a frame at
 * most, and none is lost; when reducing them takes more than half of a frame's time, the server waits.
 *
 * @param procedure Such as `api.ticks`.
 * @param input Plain objects, arrays and dates are compared by what they hold, so they may be written in place.
 *   Anything else in it, such as a Map or bytes, has to stay the same object; throws if it is another one in each
 *   render. Another input is another stream, from the initial state. `skipToken` subscribes to nothing.
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

interface Held extends StreamSource {
  readonly store: AnyStore;
  /** How many others there were since the last commit. */
  changes: number;
}

/** Other streams that one render may ask for, one after the other; React itself gives up after 25. */
const mostChanges = 10;

/** The store of this procedure, input and connection; another one in the render in which one of them is another. */
function useStore(procedure: AnyProcedure, input: unknown, plan: StreamPlan<unknown, unknown>): AnyStore {
  const make = (changes: number): Held => ({
    store: new StreamStore({ procedure, input, plan, page: browserPage }),
    procedure,
    input,
    connection: plan.connection,
    changes,
  });
  const [held, hold] = useState(() => make(0));
  let current = held;
  const source = { procedure, input, connection: plan.connection };
  if (!sameSource(held, source)) {
    if (held.changes === mostChanges) throw unsteadyStream(held, source);
    current = make(held.changes + 1);
    hold(current);
  }
  useEffect(() => {
    current.changes = 0;
    current.store.plan = plan;
  });
  return current.store;
}
