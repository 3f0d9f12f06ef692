import { expect, test } from 'vitest';
import { sameInput } from '../src/same-input.js';

const bytes = new Uint8Array([1]);

test.each([
  [undefined, undefined],
  [Number.NaN, Number.NaN],
  [{ symbol: 'ACME' }, { symbol: 'ACME' }],
  [
    { b: [1, { deep: null }], a: 2n },
    { a: 2n, b: [1, { deep: null }] },
  ],
  [{ at: new Date(5) }, { at: new Date(5) }],
  [{ bytes }, { bytes }],
  [Object.create(null), {}],
])('%o asks for the same as %o', (a, b) => {
  expect(sameInput(a, b)).toBe(true);
});

test.each([
  [undefined, null],
  [1, '1'],
  [{ symbol: 'ACME' }, { symbol: 'HULL' }],
  [{ a: 1 }, { a: 1, b: undefined }],
  [{ a: undefined }, { b: undefined }],
  [[1], [1, 2]],
  [[1], { 0: 1 }],
  [{ at: new Date(5) }, { at: new Date(6) }],
  [{ at: new Date(5) }, { at: {} }],
  [new Map(), new Map()],
  [{ bytes }, { bytes: new Uint8Array([1]) }],
])('%o asks for something else than %o', (a, b) => {
  expect(sameInput(a, b)).toBe(false);
});
