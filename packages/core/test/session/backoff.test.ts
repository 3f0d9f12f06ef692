import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/session/backoff.ts';
import { SeededRandom } from '../harness/seeded-random.ts';

/** A backoff whose random number is as large as it can be: its delays are its bounds. */
function bounds(): Backoff {
  const random = new SeededRandom();
  random.fixed = 1;
  return new Backoff(random);
}

describe('the delay before a redial', () => {
  it('is anything between nothing and its bound: full jitter', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), (seed, dials) => {
        const backoff = new Backoff(new SeededRandom(seed));
        const limit = bounds();
        for (let i = 0; i < dials; i++) {
          const delay = backoff.next(0, false);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThan(limit.next(0, false));
        }
      }),
    );
  });

  it('uses the whole of its bound: 200 clients do not come back together', () => {
    const delays = Array.from({ length: 200 }, (_, seed) =>
      new Backoff(new SeededRandom(seed)).next(0, false),
    );
    for (let tenth = 0; tenth < 10; tenth++) {
      const there = delays.filter((it) => it >= tenth * 50 && it < (tenth + 1) * 50).length;
      expect(there, `of 200 between ${tenth * 50} and ${(tenth + 1) * 50} ms`).toBeGreaterThan(0);
    }
  });

  it('has a bound that doubles with each dial, up to 30 s', () => {
    const backoff = bounds();
    expect(Array.from({ length: 9 }, () => backoff.next(0, false))).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('stays at its cap, however often it failed', () => {
    const backoff = bounds();
    for (let i = 0; i < 5000; i++) expect(backoff.next(0, false)).toBeLessThanOrEqual(30_000);
  });

  it('is within the announced spread after a session that lasted', () => {
    const backoff = bounds();
    backoff.next(0, false);
    backoff.next(0, false);
    backoff.accepted(0, 50);
    expect(backoff.next(5000, false)).toBe(50);
    expect(backoff.next(5000, false)).toBe(1000);
  });

  it('goes on growing after a session that was accepted and lasted less than 5 s', () => {
    const backoff = bounds();
    const delays: number[] = [];
    for (let at = 0; at < 5; at++) {
      delays.push(backoff.next(at * 4999, false));
      backoff.accepted(at * 4999, 50);
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it('is not reset by a session of long ago: only by the one that was lost', () => {
    const backoff = bounds();
    backoff.accepted(0, 50);
    backoff.next(60_000, false);
    backoff.next(120_000, false);
    expect(backoff.next(180_000, false)).toBe(2000);
  });
});

describe('the number of attempts', () => {
  it('counts the dials since the last accepted session', () => {
    const backoff = bounds();
    expect(backoff.attempts).toBe(0);
    backoff.next(0, false);
    backoff.next(0, false);
    expect(backoff.attempts).toBe(2);
    backoff.accepted(0, 50);
    expect(backoff.attempts).toBe(0);
  });

  it('comes down to 2 s when a line brought something before it broke, and to nothing only when it held', () => {
    const backoff = new Backoff({ uniform: () => 1, secret: () => '' });
    for (let i = 0; i < 6; i++) backoff.next(0, false);
    backoff.accepted(0, 50);
    expect(backoff.next(1000, true)).toBe(2000);
    expect(backoff.next(1000, true)).toBe(4000);
    backoff.accepted(1000, 50);
    expect(backoff.next(2000, false)).toBe(8000);
    backoff.accepted(2000, 50);
    expect(backoff.next(7000, true)).toBe(50);
  });
});
