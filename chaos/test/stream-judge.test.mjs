import { expect, test } from 'vitest';
import { StreamJudge } from '../judge/stream-judge.mjs';
import { Tally } from '../load/tally.mjs';
import { item } from '../service/item.mjs';

/** What is counted when a consumer of five items lives through this. */
function judged(tracked, live) {
  const tally = new Tally();
  const judge = new StreamJudge({ key: 'k', tracked, count: 5 }, tally, () => {});
  live({
    items: (run, ...numbers) => {
      for (const n of numbers) judge.item(item('k', run, n));
    },
    gap: () => judge.gap(),
    end: () => judge.end(),
    forged: () => judge.item({ ...item('k', 'a', 0), proof: 1 }),
  });
  const { repeated, reordered, skipped, gapsAnnounced, gapsSilent, lost, forged } = tally;
  return { repeated, reordered, skipped, gapsAnnounced, gapsSilent, lost, forged };
}

const clean = {
  repeated: 0,
  reordered: 0,
  skipped: 0,
  gapsAnnounced: 0,
  gapsSilent: 0,
  lost: 0,
  forged: 0,
};

test.each([true, false])('a whole stream is clean (tracked: %s)', (tracked) => {
  const found = judged(tracked, ({ items, end }) => {
    items('a', 0, 1, 2, 3, 4);
    end();
  });
  expect(found).toEqual(clean);
});

test('a tracked stream may go on in another run, where it was', () => {
  const found = judged(true, ({ items, end }) => {
    items('a', 0, 1);
    items('b', 2, 3, 4);
    end();
  });
  expect(found).toEqual(clean);
});

test('an item that comes twice is repeated', () => {
  expect(judged(true, ({ items }) => items('a', 0, 1, 1))).toEqual({ ...clean, repeated: 1 });
});

test('items that change places are reordered, and the first of them was a silent gap', () => {
  const found = judged(true, ({ items }) => items('a', 0, 2, 1));
  expect(found).toEqual({ ...clean, reordered: 1, skipped: 1, gapsSilent: 1 });
});

test('missing items are a gap: silent, unless it was told before the next item', () => {
  expect(judged(true, ({ items }) => items('a', 0, 3))).toEqual({ ...clean, skipped: 2, gapsSilent: 1 });
  const told = judged(true, ({ items, gap }) => {
    items('a', 0);
    gap();
    items('a', 3);
  });
  expect(told).toEqual({ ...clean, gapsAnnounced: 1 });
});

test('a gap that was told excuses no later one', () => {
  const found = judged(true, ({ items, gap }) => {
    gap();
    items('a', 0, 2);
  });
  expect(found).toEqual({ ...clean, skipped: 1, gapsSilent: 1 });
});

test('an untracked stream that begins again must say so', () => {
  const silent = judged(false, ({ items }) => {
    items('a', 0, 1);
    items('b', 0, 1);
  });
  expect(silent).toEqual({ ...clean, gapsSilent: 1 });
  const told = judged(false, ({ items, gap, end }) => {
    items('a', 0, 1);
    gap();
    items('b', 0, 1, 2, 3, 4);
    end();
  });
  expect(told).toEqual({ ...clean, gapsAnnounced: 1 });
});

test('a new run that does not begin at its beginning has a gap of its own', () => {
  const found = judged(false, ({ items, gap }) => {
    items('a', 0, 1);
    gap();
    items('b', 2);
  });
  expect(found).toEqual({ ...clean, gapsAnnounced: 1, gapsSilent: 1, skipped: 2 });
});

test('what still comes of a run that is over is out of order', () => {
  const found = judged(false, ({ items, gap }) => {
    items('a', 0);
    gap();
    items('b', 0);
    items('a', 1);
  });
  expect(found).toEqual({ ...clean, gapsAnnounced: 1, reordered: 1 });
});

test('a stream that ends early is lost, and so is one that ends twice', () => {
  const early = judged(true, ({ items, end }) => {
    items('a', 0, 1, 2, 3);
    end();
  });
  expect(early).toEqual({ ...clean, lost: 1 });
  const twice = judged(true, ({ items, end }) => {
    items('a', 0, 1, 2, 3, 4);
    end();
    end();
  });
  expect(twice).toEqual({ ...clean, lost: 1 });
});

test('an item that was altered is forged', () => {
  expect(judged(true, ({ forged }) => forged())).toEqual({ ...clean, forged: 1 });
});
