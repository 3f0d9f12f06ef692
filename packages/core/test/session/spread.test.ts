import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spreadOf } from '../../src/session/spread.ts';
import type { Frame } from '../harness/frames.ts';
import { withServer } from '../harness/server-bench.ts';

describe('the spread of the first redials', () => {
  it('is the least for few sessions, and about 4 s for ten thousand', () => {
    for (const sessions of [0, 1, 10]) expect(spreadOf(sessions, 50)).toBe(50);
    expect(spreadOf(10_000, 50)).toBe(4000);
  });

  it('grows with the sessions, never falls, and is a whole number of ms', () => {
    const sessions = fc.nat({ max: 100_000 });
    fc.assert(
      fc.property(sessions, sessions, fc.nat({ max: 10_000 }), (one, other, least) => {
        const [few, many] = one < other ? [one, other] : [other, one];
        expect(spreadOf(few, least)).toBeLessThanOrEqual(spreadOf(many, least));
        expect(Number.isSafeInteger(spreadOf(many, least))).toBe(true);
        expect(spreadOf(many, least)).toBeGreaterThanOrEqual(least);
      }),
    );
  });

  it('brings no more than ten thousand dials a second, however many there are', () => {
    for (const sessions of [100, 1000, 10_000]) {
      expect(sessions / (spreadOf(sessions, 50) / 1000)).toBeLessThan(2600);
    }
  });

  it(
    'is announced for the sessions that there are, those without a socket too',
    withServer({ limits: { window: 60_000, spread: 50 } }, async (bench) => {
      const told: number[] = [];
      for (let i = 0; i < 100; i++) {
        const socket = await bench.enter(`a${i}_`);
        const [, welcome] = socket.frames[0] as Frame & [string, { limits: { spread: number } }];
        told.push(welcome.limits.spread);
        socket.drops();
      }
      expect(told[0]).toBe(50);
      expect(told[99]).toBe(spreadOf(100, 50));
      expect(told[99]).toBeGreaterThan(150);
    }),
  );
});
