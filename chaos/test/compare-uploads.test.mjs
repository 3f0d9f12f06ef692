import { expect, test } from 'vitest';
import { compareUploads } from '../judge/compare-uploads.mjs';
import { chunkOf, sumOf, uploadPlan } from '../service/chunks.mjs';
import { addToSum } from '../service/running-sum.mjs';

const seed = 7;
const client = 3;
const none = { heardWhole: 0, heardBroken: 0, garbledUp: 0, truncatedUp: 0 };

/** The number of the first stream whose plan is so. */
function numberOf(fits) {
  for (let number = 0; ; number++) if (fits(uploadPlan(seed, client, number))) return number;
}

const good = numberOf(({ count, failsAt }) => count > 10 && failsAt === undefined);
const failing = numberOf(({ failsAt = 0 }) => failsAt > 5);
const { count } = uploadPlan(seed, client, good);

/** What is found when the server heard these chunks of a stream. */
function found(number, chunks, whole) {
  const sum = chunks.reduce((sum, n) => addToSum(sum, chunkOf(client, number, n)), 0);
  const heard = { client, number, count: chunks.length, sum, whole, at: 0 };
  return compareUploads(seed, [heard]).found;
}

const upTo = (end) => Array.from({ length: end }, (_, n) => n);

test('all of a stream is whole, and the beginning of one is broken', () => {
  expect(found(good, upTo(count), true)).toEqual({ ...none, heardWhole: 1 });
  expect(found(good, upTo(4), false)).toEqual({ ...none, heardBroken: 1 });
  const { failsAt } = uploadPlan(seed, client, failing);
  expect(found(failing, upTo(failsAt), false)).toEqual({ ...none, heardBroken: 1 });
});

test('the beginning of a stream must not look complete', () => {
  expect(found(good, upTo(count - 1), true)).toEqual({ ...none, heardWhole: 1, truncatedUp: 1 });
  const { failsAt } = uploadPlan(seed, client, failing);
  expect(found(failing, upTo(failsAt), true)).toEqual({ ...none, heardWhole: 1, truncatedUp: 1 });
});

test.each([
  ['lost', [0, 1, 3]],
  ['repeated', [0, 1, 1, 2]],
  ['reordered', [0, 2, 1]],
])('a chunk that is %s is found', (_, chunks) => {
  expect(found(good, chunks, false)).toEqual({ ...none, heardBroken: 1, garbledUp: 1 });
});

test('what a source never gave is found', () => {
  const { failsAt } = uploadPlan(seed, client, failing);
  expect(found(failing, upTo(failsAt + 1), false)).toEqual({ ...none, heardBroken: 1, garbledUp: 1 });
});

test('the running sum follows from the chunks, which are of many sizes', () => {
  const chunks = upTo(400).map((n) => chunkOf(1, 2, n));
  expect(chunks.reduce((sum, chunk) => addToSum(sum, chunk), 0)).toBe(sumOf(1, 2, 400));
  const lengths = chunks.map(({ length }) => length);
  expect(Math.min(...lengths)).toBe(0);
  expect(Math.max(...lengths)).toBeGreaterThan(65_536);
});
