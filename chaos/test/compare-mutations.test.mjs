import { expect, test } from 'vitest';
import { compareMutations } from '../judge/compare-mutations.mjs';
import { told } from '../load/mutation-record.mjs';

const none = { ranTwice: 0, notRunButRan: 0, answeredButNotRun: 0, unknownThatRan: 0, unknownThatDidNot: 0 };

/** What is found when a client was told this, and the journal says that. */
function found(how, times) {
  return compareMutations([Uint8Array.of(how)], [Uint8Array.of(times)]);
}

test('answered once and ran once is as it should be, and so is not run, told not-run', () => {
  expect(found(told.answered, 1)).toEqual(none);
  expect(found(told.notRun, 0)).toEqual(none);
});

test('whatever was told, running twice is found', () => {
  for (const how of [told.answered, told.nothing, told.failed]) {
    expect(found(how, 2)).toEqual({ ...none, ranTwice: 1 });
  }
});

test('a lie is found', () => {
  expect(found(told.notRun, 1)).toEqual({ ...none, notRunButRan: 1 });
  expect(found(told.answered, 0)).toEqual({ ...none, answeredButNotRun: 1 });
});

test('of unknown outcomes it says which ran', () => {
  expect(found(told.unknown, 1)).toEqual({ ...none, unknownThatRan: 1 });
  expect(found(told.unknown, 0)).toEqual({ ...none, unknownThatDidNot: 1 });
});
