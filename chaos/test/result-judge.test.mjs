import { expect, test } from 'vitest';
import { ResultJudge } from '../judge/result-judge.mjs';
import { Tally } from '../load/tally.mjs';
import { onPurpose } from '../service/on-purpose.mjs';

const counted = /** @type {const} */ ([
  'repeated',
  'reordered',
  'skipped',
  'gapsSilent',
  'forged',
  'truncated',
  'lost',
  'cutShort',
  'failedOnPurpose',
]);

/** What is counted, of what is not 0, when a stream of five items is read so. */
function judged(live, failsAt) {
  const tally = new Tally();
  const judge = new ResultJudge({ name: 'it', count: 5, failsAt }, { number: 0, tally });
  live({
    items: (...numbers) => {
      for (const n of numbers) judge.item(n, true);
    },
    judge,
  });
  return Object.fromEntries(counted.map((name) => [name, tally[name]]).filter(([, count]) => count > 0));
}

const sessionLost = { outcome: 'unknown', code: 'session-lost', reason: 'restarted' };
const serverError = { outcome: 'answered', code: 'error', reason: `Error: ${onPurpose}` };

test('a whole stream is clean, and so is one that nobody reads to its end', () => {
  const whole = judged(({ items, judge }) => {
    items(0, 1, 2, 3, 4);
    judge.end();
  });
  expect(whole).toEqual({});
  expect(judged(({ items }) => items(0, 1))).toEqual({});
});

test('an end before the last item is a truncated stream that looks complete', () => {
  const found = judged(({ items, judge }) => {
    items(0, 1, 2, 3);
    judge.end();
  });
  expect(found).toEqual({ truncated: 1 });
});

test('an end where the source failed is one, too', () => {
  const found = judged(({ items, judge }) => {
    items(0, 1);
    judge.end();
  }, 2);
  expect(found).toEqual({ truncated: 1 });
});

test('a source that fails on purpose is told after its last item, not before', () => {
  const fail = (...numbers) =>
    judged(({ items, judge }) => {
      items(...numbers);
      judge.failed(serverError);
    }, 2);
  expect(fail(0, 1)).toEqual({ failedOnPurpose: 1 });
  expect(fail(0)).toEqual({ lost: 1 });
  const other = ({ items, judge }) => {
    items(0, 1);
    judge.failed({ ...serverError, reason: 'something else' });
  };
  expect(judged(other, 2)).toEqual({ lost: 1 });
});

test('what comes after the item that the source failed at is forged', () => {
  expect(judged(({ items }) => items(0, 1, 2), 2)).toEqual({ forged: 1 });
});

test('the loss of a session is announced, any other failure is not', () => {
  const failing = (failure) =>
    judged(({ items, judge }) => {
      items(0, 1);
      judge.failed(failure);
    });
  expect(failing(sessionLost)).toEqual({ cutShort: 1 });
  expect(failing(serverError)).toEqual({ lost: 1 });
  expect(failing({ ...sessionLost, code: 'aborted' })).toEqual({ lost: 1 });
});

test('items that come twice, late or never are told apart', () => {
  expect(judged(({ items }) => items(0, 1, 1))).toEqual({ repeated: 1 });
  expect(judged(({ items }) => items(0, 2, 3))).toEqual({ skipped: 1, gapsSilent: 1 });
  expect(judged(({ items }) => items(0, 2, 1))).toEqual({ skipped: 1, gapsSilent: 1, reordered: 1 });
  expect(judged(({ items }) => items(0, 2, 1, 1))).toEqual({
    skipped: 1,
    gapsSilent: 1,
    reordered: 1,
    repeated: 1,
  });
});

test('an item that is not what it says is forged', () => {
  expect(judged(({ judge }) => judge.item(0, false))).toEqual({ forged: 1 });
  expect(judged(({ items }) => items(5))).toEqual({ forged: 1 });
});
