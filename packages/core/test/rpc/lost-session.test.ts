import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { welcomeFrame } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';

describe('when an open session is lost', () => {
  it(
    'a mutation in flight rejects: nobody knows whether it ran',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.mutation('a');
      await bench.settle();
      bench.socket.drops();
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'dropped')]);
      await bench.untilNextDial();
      await bench.welcomes();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'a call in no frame moves to the next session, a mutation too',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const calls = [bench.mutation('a'), bench.query('b')];
      await bench.loses();
      expect(bench.messages()).toEqual([
        [2, 1, 'a'],
        [1, 2, 'b'],
      ]);
      await bench.says([
        [4, 1, 'x'],
        [4, 2, 'y'],
      ]);
      expect(calls.map((it) => it.told)).toEqual([[['result', 'x']], [['result', 'y']]]);
    }),
  );

  it(
    'a call that waited for a place among those in flight moves too',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      const first = bench.query('a');
      const queued = bench.mutation('b');
      await bench.settle();
      await bench.loses();
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b']);
      await bench.says([
        [4, 1, 'x'],
        [4, 2, 'y'],
      ]);
      expect([first.told, queued.told]).toEqual([[['result', 'x']], [['result', 'y']]]);
    }),
  );

  it(
    'queries in flight are sent again, as they were, in call order, before anything new',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const calls = ['a', 'b', 'c'].map((path) => bench.query(path, { path }));
      await bench.settle();
      bench.socket.drops();
      calls.push(bench.query('d'));
      await bench.untilNextDial();
      await bench.welcomes();
      expect(bench.messages()).toEqual([
        [1, 1, 'a', { path: 'a' }],
        [1, 2, 'b', { path: 'b' }],
        [1, 3, 'c', { path: 'c' }],
        [1, 4, 'd'],
      ]);
      await bench.says([1, 2, 3, 4].map((id) => [4, id, id]));
      expect(calls.map((it) => it.told)).toEqual([1, 2, 3, 4].map((id) => [['result', id]]));
    }),
  );

  it(
    'a query is sent again once, not on a third session: one that kills the server must not kill the fleet',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a');
      await bench.settle();
      await bench.loses();
      expect(bench.messages()).toHaveLength(1);
      bench.socket.drops();
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'dropped')]);
    }),
  );

  it(
    'a query that was sent again and did not leave a second time moves once more, and is unknown from then on',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      const call = bench.query('a', undefined, { signal: abort.signal });
      await bench.settle();
      await bench.dropsAndRedials();
      await bench.dropsAndRedials();
      await bench.dropsAndRedials();
      expect(call.told).toEqual([]);
      abort.abort();
      expect(call.told).toEqual([fault('aborted', 'unknown')]);
    }),
  );

  it(
    'a query that waits to be sent again is unknown when the next dial is refused: it may have run before',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const again = bench.query('a');
      await bench.settle();
      const unsent = bench.query('b');
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['bye', 'unauthorized']);
      expect(again.told).toEqual([fault('refused', 'unknown', 'unauthorized')]);
      expect(unsent.told).toEqual([fault('refused', 'not-run', 'unauthorized')]);
    }),
  );

  it(
    'a query that waits for a place to be sent again is withdrawn by its abort: nothing is on the wire',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 5000 } });
      const aborts = Array.from({ length: 4200 }, () => new AbortController());
      const calls = aborts.map(({ signal }) => bench.query('a', undefined, { signal }));
      await bench.settle();
      await bench.dropsAndRedials();
      aborts[4199]?.abort();
      expect(calls[4199]?.told).toEqual([fault('aborted', 'unknown')]);
      await bench.welcomes({ limits: { calls: 5000 } });
      expect(bench.messages().filter(([kind]) => kind === 9)).toEqual([]);
      expect(bench.messages().length).toBeGreaterThan(0);
      expect(bench.socket.live).toBe(true);
    }),
  );

  it(
    'a query that was answered is not sent again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a');
      await bench.settle();
      await bench.says([[4, 1, 'x']]);
      await bench.loses();
      expect(bench.messages()).toEqual([]);
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'a cancelled query is not sent again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      bench.query('a', undefined, { signal: abort.signal });
      await bench.settle();
      abort.abort();
      await bench.loses();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'its limits are kept to until the next welcome, which may widen them',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      await bench.dropsAndRedials();
      bench.query('a');
      bench.query('b');
      await bench.opens();
      expect(bench.messages()).toHaveLength(1);
      await bench.says(welcomeFrame());
      expect(bench.messages()).toHaveLength(2);
    }),
  );

  it(
    'the reason is told: why the session is lost',
    withClient({}, async (bench) => {
      const lose = async (how: () => Promise<void> | void): Promise<string | undefined> => {
        await bench.welcomes();
        const call = bench.mutation('a');
        await bench.settle();
        await how();
        const [told] = call.told;
        await bench.untilNextDial();
        return told?.[0] === 'fault' ? told[3] : undefined;
      };
      expect(await lose(() => bench.socket.drops())).toBe('dropped');
      expect(await lose(() => bench.socket.drops(1001))).toBe('dropped');
      expect(await lose(() => bench.says(['bye', 'going-away']))).toBe('going-away');
      expect(await lose(() => bench.says(['bye', 'ended']))).toBe('ended');
      expect(await lose(() => bench.says(['nonsense']))).toBe('malformed');
      expect(await lose(() => bench.socket.drops(1009))).toBe('too-large');
    }),
  );

  it(
    'a call that is made by whom the loss is told comes after those that are sent again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const mutation = bench.mutation('a');
      bench.query('b');
      await bench.settle();
      mutation.onTold = () => void bench.query('new');
      await bench.loses();
      expect(bench.messages().map((it) => it[2])).toEqual(['b', 'new']);
    }),
  );

  it(
    'because the line was dead, a mutation is unknown',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.mutation('a');
      await bench.advance(11_000);
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'dead')]);
    }),
  );
});

describe('when welcome is lost', () => {
  it(
    'mutations that went early are unknown, queries are sent again on the new session',
    withClient({}, async (bench) => {
      const query = bench.query('a');
      const mutation = bench.mutation('b');
      await bench.opens();
      await bench.dropsAndRedials();
      expect([query.told, mutation.told]).toEqual([[], []]);
      await bench.opens();
      expect(bench.messages()).toEqual([]);
      await bench.says(['gone', 'off']);
      expect(mutation.told).toEqual([fault('session-lost', 'unknown', 'off')]);
      expect(bench.messages()).toEqual([[1, 1, 'a']]);
      await bench.says(welcomeFrame(), [[4, 1, 'x']]);
      expect(query.told).toEqual([['result', 'x']]);
    }),
  );
});
