import type { StreamResult } from './stream-result.js';
import type { StreamSnapshot } from './stream-store.js';

export interface Selectable<State, Failure> {
  readonly restart: () => void;
  readonly snapshot: () => StreamSnapshot<State, Failure>;
  readonly firstSnapshot: () => StreamSnapshot<State, Failure>;
}

export interface Selection<Data, Failure> {
  readonly read: () => StreamResult<Data, Failure>;
  readonly readServer: () => StreamResult<Data, Failure>;
}

/**
 * What a component gets of a store: the same object until what it selects changes, or how the stream stands. Reading
 * throws what code of the user threw.
 */
export function selection<State, Data, Failure>(
  store: Selectable<State, Failure>,
  select: (state: State) => Data,
): Selection<Data, Failure> {
  const { restart } = store;
  const reader = (snapshot: () => StreamSnapshot<State, Failure>): (() => StreamResult<Data, Failure>) => {
    let last:
      | { readonly of: StreamSnapshot<State, Failure>; result: StreamResult<Data, Failure> }
      | undefined;
    return () => {
      const of = snapshot();
      if (last?.of === of) return last.result;
      if (of.crash) throw of.crash.error;
      const data = select(of.state);
      const same = last && last.of.standing === of.standing && Object.is(last.result.data, data);
      const result = same && last ? last.result : { ...of.standing, data, restart };
      last = { of, result };
      return result;
    };
  };
  return { read: reader(store.snapshot), readServer: reader(store.firstSnapshot) };
}
