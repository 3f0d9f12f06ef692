import { expect, test } from 'vitest';
import { trendOf } from '../memory/trend.mjs';
import { Seeded } from '../seeded.mjs';

/** A heap of 12 MiB that trembles by half a MiB, sampled 80 times, and grows by so many MiB in all. */
function heap(growth, seed) {
  const random = new Seeded(seed);
  return Array.from({ length: 80 }, (_, i) => 12 + (growth * i) / 80 + random.between(-0.5, 0.5));
}

test('a heap that only trembles is flat', () => {
  for (let seed = 0; seed < 20; seed++) expect(trendOf(heap(0, seed)).rises).toBe(false);
});

test('one that grows by 2 MiB is not', () => {
  for (let seed = 0; seed < 20; seed++) expect(trendOf(heap(2, seed)).rises).toBe(true);
});

test('what a heap takes at first, and then keeps, is no growth', () => {
  const series = heap(0, 1).map((value, i) => (i < 15 ? value - 4 : value));
  expect(trendOf(series).rises).toBe(false);
});
