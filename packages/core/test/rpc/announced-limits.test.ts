import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { welcomeFrame } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';
import { inWorld } from '../harness/world.ts';

const kib = (n: number): string => 'x'.repeat(n * 1024);

describe('calls that are made before the limits are known', () => {
  it(
    'and do not leave early are kept at home by the number that welcome announces, in their order',
    withClient({}, async (bench) => {
      for (let i = 0; i < 40; i++) bench.query(`${i}`, kib(3));
      await bench.opens();
      const early = bench.messages().length;
      expect(early).toBeLessThan(40);
      await bench.says(welcomeFrame({ limits: { calls: early + 2 } }));
      expect(bench.messages()).toHaveLength(early + 2);
      for (let id = 1; id <= 40; id++) await bench.says([[4, Number(bench.messages()[id - 1]?.[1]), 'x']]);
      expect(bench.messages().map((it) => it[2])).toEqual(Array.from({ length: 40 }, (_, i) => `${i}`));
    }),
  );

  it(
    'that left early and are more than the server takes are not held against the client',
    inWorld(
      { client: { lazy: true }, limits: { calls: 3 }, handlers: { a: ({ input }) => input } },
      async (world) => {
        const calls = Array.from({ length: 200 }, (_, i) => world.query('a', i));
        await world.settle();
        expect(calls.map((it) => it.told)).toEqual(calls.map((_, i) => [['result', i]]));
        expect(world.dispatch.failures).toEqual([]);
      },
    ),
  );

  it(
    'that left early and are larger than the server takes are not held against the client',
    inWorld(
      {
        client: { lazy: true },
        limits: { messageBytes: 1024, frameBytes: 2048 },
        handlers: { a: ({ input }) => String(input).length },
      },
      async (world) => {
        const early = world.query('a', kib(4));
        await world.settle();
        expect(early.told).toEqual([['result', 4096]]);
        const late = world.query('a', kib(4));
        expect(late.told).toEqual([fault('too-large', 'not-run')]);
        expect(world.network.wires).toHaveLength(1);
        expect(world.connection.state).toBe('open');
      },
    ),
  );

  it(
    'and are larger than the defaults wait for welcome, which may allow them',
    withClient({}, async (bench) => {
      const input = kib(5 * 1024);
      const call = bench.query('a', input);
      await bench.opens();
      expect([call.told, bench.messages()]).toEqual([[], []]);
      await bench.says(welcomeFrame({ limits: { messageBytes: 8_388_608, frameBytes: 9_000_000 } }));
      expect(bench.messages()).toEqual([[1, 1, 'a', input]]);
      await bench.says([[4, 1, 'x']]);
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'and are larger than welcome allows reject then, as not run, and the others leave',
    withClient({}, async (bench) => {
      const large = bench.query('a', kib(100));
      const small = bench.query('b', kib(1));
      await bench.opens();
      expect(large.told).toEqual([]);
      await bench.says(welcomeFrame({ limits: { messageBytes: 50_000 } }));
      expect(large.told).toEqual([fault('too-large', 'not-run')]);
      expect(bench.messages().map((it) => it[2])).toEqual(['b']);
      await bench.says([[4, Number(bench.messages()[0]?.[1]), 'x']]);
      expect(small.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'and are aborted while they are called back send nothing',
    withClient({}, async (bench) => {
      const aborts = Array.from({ length: 40 }, () => new AbortController());
      for (const { signal } of aborts) bench.query('a', kib(3), { signal });
      await bench.opens();
      const early = bench.messages().length;
      await bench.says(welcomeFrame({ limits: { calls: early } }));
      for (const abort of aborts.slice(early)) abort.abort();
      for (let id = 1; id <= early; id++) await bench.says([[4, id, 'x']]);
      expect(bench.messages()).toHaveLength(early);
    }),
  );
});

describe('the limits of the last welcome', () => {
  it(
    'are expected of the next: no call leaves early that the server would turn away',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 2 } });
      await bench.dropsAndRedials();
      for (let i = 0; i < 5; i++) bench.query('a');
      await bench.opens();
      expect(bench.messages()).toHaveLength(2);
    }),
  );

  it(
    'keep a call that is to be sent again at home, where its abort sends nothing',
    withClient({}, async (bench) => {
      const aborts = Array.from({ length: 20 }, () => new AbortController());
      const calls = aborts.map(({ signal }) => bench.query('a', undefined, { signal }));
      await bench.welcomes({ limits: { calls: 5 } });
      expect(bench.messages()).toHaveLength(20);
      await bench.dropsAndRedials();
      await bench.welcomes({ limits: { calls: 5 } });
      for (const abort of aborts.slice(5)) abort.abort();
      await bench.settle();
      for (const call of calls.slice(5)) expect(call.told).toEqual([fault('aborted', 'unknown')]);
      expect(bench.messages().map(([kind]) => kind)).toEqual([1, 1, 1, 1, 1]);
    }),
  );

  it(
    'give way to those that the next announces',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 2 } });
      await bench.dropsAndRedials();
      for (let i = 0; i < 5; i++) bench.query('a');
      await bench.welcomes({ limits: { calls: 4 } });
      expect(bench.messages()).toHaveLength(4);
    }),
  );
});

describe('the window that a server announces', () => {
  it(
    'is relied on: a drop leaves the session as it was, and the client asks for it',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { window: 120_000 } });
      const call = bench.mutation('a');
      await bench.settle();
      await bench.dropsAndRedials();
      expect(call.told).toEqual([]);
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ mode: 'resume', sent: 1 });
    }),
  );

  for (const limits of [{ window: 0 }, {}]) {
    it(
      `is 0 when it says ${JSON.stringify(limits)}: a drop is a lost session`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const call = bench.mutation('a');
        await bench.settle();
        bench.socket.drops();
        expect(call.told).toEqual([fault('session-lost', 'unknown', 'dropped')]);
        await bench.untilNextDial();
        await bench.opens();
        expect(bench.hellos()[0]).toMatchObject({ mode: 'open' });
      }),
    );
  }
});
