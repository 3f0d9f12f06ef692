import type { ConnectionLike } from './connection-like.js';
import { isPlain, sameInput } from './same-input.js';

/** What makes a stream another one. */
export interface StreamSource {
  readonly procedure: unknown;
  readonly input: unknown;
  readonly connection: ConnectionLike | undefined;
}

export function sameSource(a: StreamSource, b: StreamSource): boolean {
  return a.procedure === b.procedure && a.connection === b.connection && sameInput(a.input, b.input);
}

/** For a source that is another one each time that its component renders: says what of it is. */
export function unsteadyStream(before: StreamSource, now: StreamSource): Error {
  return new Error(
    `useStream gets another stream each time that its component renders: ${difference(before, now)}. ` +
      'Inputs that are plain objects, arrays and dates are compared by what they hold. Anything else has to be the ' +
      'same object in each render: make it outside of the component, or keep it with useMemo.',
  );
}

function difference(before: StreamSource, now: StreamSource): string {
  if (before.procedure !== now.procedure) return 'the procedure is another object';
  if (before.connection !== now.connection) return 'the connection is another object';
  return inputDifference('input', before.input, now.input);
}

/** Where two inputs differ first, and what is there. */
function inputDifference(path: string, before: unknown, now: unknown): string {
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length) {
    const index = now.findIndex((item, at) => !sameInput(before[at], item));
    return inputDifference(`${path}[${index}]`, before[index], now[index]);
  }
  if (isPlain(before) && isPlain(now)) {
    const key = Object.keys(now).find(
      (own) => Object.hasOwn(before, own) && !sameInput(before[own], now[own]),
    );
    if (key !== undefined) return inputDifference(`${path}.${key}`, before[key], now[key]);
  }
  return `${path} is ${described(now)}`;
}

function described(value: unknown): string {
  if (typeof value === 'function') return 'another function';
  if (typeof value !== 'object' || value === null) return `another ${typeof value}`;
  return `another ${value.constructor?.name ?? 'object'}`;
}
