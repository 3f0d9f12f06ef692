import { expect, test } from 'vitest';
import { faultKinds, faultSchedule, scheduleName } from '../proxy/fault-schedule.mjs';

function first(count, seed, line) {
  const schedule = faultSchedule(seed, line);
  return Array.from({ length: count }, () => schedule.next().value);
}

test('the same seed gives the same faults, on each line others', () => {
  expect(first(50, 7, 0)).toEqual(first(50, 7, 0));
  expect(first(50, 7, 1)).not.toEqual(first(50, 7, 0));
  expect(first(50, 8, 0)).not.toEqual(first(50, 7, 0));
});

test('the name of a schedule follows from it', () => {
  expect(scheduleName(7, 24)).toBe(scheduleName(7, 24));
  expect(scheduleName(8, 24)).not.toBe(scheduleName(7, 24));
  expect(scheduleName(7, 23)).not.toBe(scheduleName(7, 24));
});

test('every kind of fault comes up', () => {
  const kinds = new Set(first(500, 7, 0).map(({ kind }) => kind));
  expect([...kinds].sort()).toEqual([...faultKinds].sort());
});
