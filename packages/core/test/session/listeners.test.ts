import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';

describe('a listener', () => {
  it(
    'is told the state at once and at each change, until it leaves',
    withClient({}, async (bench) => {
      const seen: string[] = [];
      const leave = bench.connection.subscribe(({ state }) => seen.push(state));
      await bench.welcomes();
      leave();
      bench.socket.drops();
      expect(seen).toEqual(['connecting', 'open']);
    }),
  );

  it(
    'that throws does not keep the others from being told, nor the connection from working',
    withClient({}, async (bench) => {
      const seen: string[] = [];
      bench.connection.subscribe(() => {
        throw new Error('listener');
      });
      bench.connection.subscribe(({ state }) => seen.push(state));
      await bench.welcomes();
      expect(seen).toEqual(['connecting', 'open']);
      expect(bench.errors).toHaveLength(2);
    }),
  );

  it(
    'gets the same object until something changes',
    withClient({}, async (bench) => {
      const before = bench.connection.status;
      await bench.opens();
      expect(bench.connection.status).toBe(before);
    }),
  );

  it(
    'sees every change in order also when another one acts on it at once',
    withClient({}, async (bench) => {
      bench.connection.subscribe(({ state }) => {
        if (state === 'waiting') bench.connection.retry();
      });
      const seen: string[] = [];
      bench.connection.subscribe(({ state }) => seen.push(state));
      await bench.welcomes();
      bench.socket.drops();
      await bench.settle();
      expect(seen).toEqual(['connecting', 'open', 'waiting', 'connecting']);
    }),
  );

  it(
    'that comes while others are told sees no change twice',
    withClient({}, async (bench) => {
      const seen: string[] = [];
      let added = false;
      bench.connection.subscribe(({ state }) => {
        if (state !== 'waiting' || added) return;
        added = true;
        bench.connection.retry();
        bench.connection.subscribe((it) => seen.push(it.state));
      });
      await bench.welcomes();
      bench.socket.drops();
      await bench.settle();
      expect(seen).toEqual(['connecting']);
    }),
  );
});
