import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { welcomeFrame } from '../harness/frames.ts';

describe('items of the old session that are consumed after a restart', () => {
  it(
    'narrow the window of the new one until they are consumed, and earn no other credit on it',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { survivesGaps: true, eager: false });
      await bench.settle();
      await bench.says([[6, 1], ...Array.from({ length: 60 }, (_, n) => [7, 1, n] as const)]);
      await bench.loses();
      expect(bench.messages()).toEqual([
        [3, 1, 's'],
        [10, 1, 0, 4, 262_144],
      ]);
      await bench.says([[6, 1]]);
      sub.take(60);
      await bench.settle();
      expect(bench.messages()).toHaveLength(2);
      sub.take(2);
      await bench.settle();
      expect(bench.messages()[2]).toEqual([10, 1, 0, 64, 262_144]);
      await bench.says(Array.from({ length: 64 }, (_, n) => [7, 1, 100 + n] as const));
      expect(bench.connection.state).toBe('open');
      sub.take(1 + 32);
      await bench.settle();
      expect(bench.messages()[3]?.slice(0, 3)).toEqual([10, 1, 32]);
      sub.subscription.leave();
    }),
  );

  it(
    'do not let the sender of the new one pass its window unseen',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { survivesGaps: true, eager: false });
      await bench.settle();
      await bench.says([[6, 1], ...Array.from({ length: 60 }, (_, n) => [7, 1, n] as const)]);
      await bench.loses();
      await bench.says([[6, 1], ...Array.from({ length: 65 }, (_, n) => [7, 1, n] as const)]);
      expect(bench.socket.closed).toEqual({ code: 4429, reason: 'too-many' });
      sub.subscription.leave();
    }),
  );

  it(
    'do not let it have the window that the old one had grown to',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { survivesGaps: true });
      await bench.settle();
      await bench.says([[6, 1]]);
      for (let i = 0; i < 3; i++) {
        await bench.says(Array.from({ length: 64 }, (_, n) => [7, 1, n] as const));
      }
      expect(Number(bench.messages().at(-1)?.[3])).toBeGreaterThan(64);
      sub.eager = false;
      await bench.loses();
      await bench.says([[6, 1], ...Array.from({ length: 65 }, (_, n) => [7, 1, n] as const)]);
      expect(bench.socket.closed).toEqual({ code: 4429, reason: 'too-many' });
      sub.subscription.leave();
    }),
  );

  it(
    'stop the new one where they fill its window, also over two losses',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { survivesGaps: true, eager: false });
      await bench.settle();
      for (let i = 0; i < 2; i++) {
        await bench.says([[6, 1], ...Array.from({ length: 60 }, (_, n) => [7, 1, n] as const)]);
        await bench.loses();
      }
      expect(bench.messages()[1]).toEqual([10, 1, 0, 0, 262_144]);
      await bench.says([[6, 1], ...Array.from({ length: 64 }, (_, n) => [7, 1, n] as const)]);
      // Two starts, two gaps, 120 old items; then the third start and 31 of its items.
      sub.take(2 + 2 + 120 + 1 + 31);
      await bench.settle();
      expect(bench.messages()).toHaveLength(3);
      expect(bench.messages()[2]).toEqual([10, 1, 0, 64, 262_144]);
      sub.take(1);
      await bench.settle();
      expect(bench.messages()[3]?.slice(0, 3)).toEqual([10, 1, 32]);
      sub.subscription.leave();
    }),
  );

  for (const length of [60_000, 100_000]) {
    it(
      `narrow it no more once they were consumed, however long that word had to wait for ${length} characters`,
      withClient({}, async (bench) => {
        await bench.welcomes();
        // Too large to leave early: the credit has to wait behind it.
        const input = 'x'.repeat(length);
        const sub = bench.subscribe('s', input, { survivesGaps: true, eager: false });
        await bench.settle();
        await bench.says([[6, 1], ...Array.from({ length: 60 }, (_, n) => [7, 1, n] as const)]);
        await bench.dropsAndRedials();
        await bench.opens();
        expect(bench.messages()).toEqual([]);
        sub.take(62);
        await bench.says(welcomeFrame());
        expect(bench.messages()).toEqual([
          [3, 1, 's', input],
          [10, 1, 0, 64, 262_144],
        ]);
        sub.subscription.leave();
      }),
    );
  }

  it(
    'let the word that narrows it leave with its subscription, before what is too large to leave early',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { survivesGaps: true, eager: false });
      await bench.settle();
      await bench.says([[6, 1], ...Array.from({ length: 60 }, (_, n) => [7, 1, n] as const)]);
      bench.query('q', 'x'.repeat(60_000));
      await bench.settle();
      await bench.dropsAndRedials();
      await bench.opens();
      expect(bench.messages()).toEqual([
        [3, 1, 's'],
        [10, 1, 0, 4, 262_144],
      ]);
      sub.take(62);
      await bench.says(welcomeFrame());
      const credits = bench.messages().filter(([kind]) => kind === 10);
      expect(credits.at(-1)).toEqual([10, 1, 0, 64, 262_144]);
      await bench.says([[4, 2, 'x']]);
      sub.subscription.leave();
    }),
  );
});
