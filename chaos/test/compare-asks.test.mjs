import { expect, test } from 'vitest';
import { compareAsks } from '../judge/compare-asks.mjs';
import { asked as told } from '../service/journal.mjs';

const none = { confirmedTwice: 0, askedNotRunButRan: 0, askedInVain: 0, asksUnknown: 0 };

/** What is found when the server was told this of a call that ran so often at its client. */
function found(how, times) {
  return compareAsks([{ client: 0, number: 0, how, at: 0 }], [Uint8Array.of(times)]);
}

test('answered once and ran once is as it should be', () => {
  expect(found(told.answered, 1)).toEqual(none);
});

test('a call without an answer is counted, whether it ran or not', () => {
  expect(found(told.unknown, 1)).toEqual({ ...none, asksUnknown: 1 });
  expect(found(told.unknown, 0)).toEqual({ ...none, asksUnknown: 1 });
  expect(found(told['not-run'], 0)).toEqual({ ...none, asksUnknown: 1 });
});

test('a lie is found', () => {
  expect(found(told['not-run'], 1)).toEqual({ ...none, asksUnknown: 1, askedNotRunButRan: 1 });
  expect(found(told.answered, 0)).toEqual({ ...none, askedInVain: 1 });
});

test('running twice is found, also when the server was killed before it was told', () => {
  expect(found(told.answered, 2)).toEqual({ ...none, confirmedTwice: 1 });
  expect(compareAsks([], [Uint8Array.of(0, 2)])).toEqual({ ...none, confirmedTwice: 1 });
});
