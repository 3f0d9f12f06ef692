import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EndedSessions } from '../../src/session/ended-sessions.ts';
import { KeptFrames } from '../../src/session/kept-frames.ts';
import { Ledger } from '../../src/session/ledger.ts';

describe('KeptFrames', () => {
  it('are those that were pushed and not acknowledged, by their numbers, whatever is acknowledged and when', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('push' as const),
        lengths: fc.array(fc.nat({ max: 40 }), { maxLength: 400 }),
      }),
      fc.record({
        kind: fc.constant('acknowledge' as const),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.record({ kind: fc.constant('clear' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const ledger = new Ledger();
        const kept = new KeptFrames(ledger);
        const pushed: string[] = [];
        let acknowledged = 0;
        for (const it of steps) {
          if (it.kind === 'push') {
            for (const length of it.lengths) {
              const frame = `${pushed.length + 1}${'x'.repeat(length)}`;
              pushed.push(frame);
              kept.push(frame);
            }
          } else if (it.kind === 'acknowledge') {
            const number = Math.floor(pushed.length * it.part);
            expect(kept.acknowledge(number)).toBe(number > acknowledged);
            acknowledged = Math.max(acknowledged, number);
          }
          const left = pushed.slice(acknowledged);
          expect([kept.acknowledged, kept.size, kept.length]).toEqual([
            acknowledged,
            left.length,
            left.join('').length,
          ]);
          expect(ledger.held).toBe(kept.length);
          for (const [i, frame] of left.entries()) expect(kept.get(acknowledged + i + 1)).toBe(frame);
          if (it.kind === 'clear') break;
        }
        kept.clear();
        expect([kept.size, kept.length, ledger.held]).toEqual([0, 0, 0]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('Ledger', () => {
  it('is tight above half of its limit, full above it, and tells each addition beyond that', () => {
    let told = 0;
    const ledger = new Ledger(100, () => void told++);
    const states: unknown[] = [];
    for (const length of [50, 1, 49, 1, 5, -6, -50]) {
      ledger.add(length);
      states.push([ledger.held, ledger.tight, ledger.full, told]);
    }
    expect(states).toEqual([
      [50, false, false, 0],
      [51, true, false, 0],
      [100, true, false, 0],
      [101, true, true, 1],
      [106, true, true, 2],
      [100, true, false, 2],
      [50, false, false, 2],
    ]);
  });

  it('without a limit is never tight', () => {
    const ledger = new Ledger();
    ledger.add(Number.MAX_SAFE_INTEGER);
    expect([ledger.tight, ledger.full]).toEqual([false, false]);
  });
});

describe('EndedSessions', () => {
  it('are the last so many, each with its last reason', () => {
    const ended = new EndedSessions(3);
    ended.add('a', 'ended');
    ended.add('b', 'expired');
    ended.add('c', 'evicted');
    ended.add('a', 'expired');
    ended.add('d', 'ended');
    expect(['a', 'b', 'c', 'd', 'e'].map((it) => ended.reasonOf(it))).toEqual([
      'expired',
      undefined,
      'evicted',
      'ended',
      undefined,
    ]);
  });
});
