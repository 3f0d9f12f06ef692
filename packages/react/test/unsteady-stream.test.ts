import type { ReactNode } from 'react';
import { createElement, useMemo, useState } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { ConnectionLike, StreamProcedure } from '../src/index.js';
import { useStream } from '../src/index.js';
import { unsteadyStream } from '../src/unsteady-stream.js';
import { FakeLine } from './fake-line.ts';

const silent = (): StreamProcedure<unknown, number, Error> => ({
  subscribe: () => ({ unsubscribe() {} }),
});
const procedure = silent();

/** Renders a component so many times before it is shown, each time with what `source` gives. */
function render(
  times: number,
  source: () => {
    readonly procedure?: typeof procedure;
    readonly input: unknown;
    readonly connection?: ConnectionLike;
  },
): string {
  function Component(): ReactNode {
    const [rendered, again] = useState(1);
    if (rendered < times) again(rendered + 1);
    const { procedure: own = procedure, input, connection } = source();
    return useStream(own, input, { connection }).status;
  }
  return renderToString(createElement(Component));
}

describe('what is another one in each render is refused with an error that says what', () => {
  class Filter {}
  test.each([
    [() => new Map([['a', 1]]), 'input is another Map.'],
    [() => ({ symbol: 'ACME', only: new Set([1]) }), 'input.only is another Set.'],
    [() => ({ parts: [{ bytes: new Uint8Array(2) }] }), 'input.parts[0].bytes is another Uint8Array.'],
    [() => ({ filter: new Filter() }), 'input.filter is another Filter.'],
    [() => ({ test: () => true }), 'input.test is another function.'],
    [() => ({ id: Symbol('id') }), 'input.id is another symbol.'],
  ])('%o: %s', (input, what) => {
    expect(() => render(2, () => ({ input: input() }))).toThrow(
      `each time that its component renders: ${what}`,
    );
  });

  test('the procedure, and the connection', () => {
    expect(() => render(2, () => ({ input: 1, procedure: silent() }))).toThrow(
      'the procedure is another object',
    );
    const connected = () => ({ input: 1, connection: new FakeLine('open') });
    expect(() => render(2, connected)).toThrow('the connection is another object');
  });
});

test('what holds the same, or is the same object, may be given again', () => {
  const held = { only: new Set([1]), bytes: new Uint8Array(2) };
  const inPlace = () => ({ input: { symbol: 'ACME', at: new Date(5), list: [{ a: 1 }], ...held } });
  expect(render(5, inPlace)).toBe('connecting');
});

test('another Map is another stream', () => {
  const maps = [new Map(), new Map(), new Map()];
  let last = 0;
  function Component(): ReactNode {
    const [index, move] = useState(0);
    last = index;
    if (index < maps.length - 1) move(index + 1);
    return useStream(procedure, maps[index]).status;
  }
  expect(renderToString(createElement(Component))).toBe('connecting');
  expect(last).toBe(2);
});

test('a Map that is kept with useMemo is the same in each render', () => {
  function Component(): ReactNode {
    const [rendered, again] = useState(1);
    if (rendered < 3) again(rendered + 1);
    const only = useMemo(() => new Map([['a', 1]]), []);
    return useStream(procedure, { only }).status;
  }
  expect(renderToString(createElement(Component))).toBe('connecting');
});

test('inputs of another shape are told as a whole', () => {
  const of = (input: unknown) => ({ procedure, input, connection: undefined });
  expect(unsteadyStream(of([1]), of([1, 2])).message).toContain('input is another Array.');
  expect(unsteadyStream(of({ a: 1 }), of({ b: 1 })).message).toContain('input is another Object.');
  expect(
    unsteadyStream(of({ a: {} }), of({ a: Object.create(null, { b: { enumerable: true } }) })).message,
  ).toContain('input.a is another object.');
});
