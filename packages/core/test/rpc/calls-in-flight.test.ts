import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { Gate } from '../harness/gate.ts';
import { fault } from '../harness/recorded-call.ts';
import { inWorld } from '../harness/world.ts';

describe('a caller with as many calls in flight as the server takes', () => {
  const limited = { limits: { calls: 2 } };

  it(
    'keeps the next at home until one is answered, in their order',
    withClient({}, async (bench) => {
      await bench.welcomes(limited);
      for (const path of ['a', 'b', 'c', 'd']) bench.query(path);
      await bench.settle();
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b']);
      await bench.says([[4, 2, 'x']]);
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b', 'c']);
      await bench.says([
        [4, 1, 'x'],
        [4, 3, 'x'],
      ]);
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b', 'c', 'd']);
    }),
  );

  it(
    'counts a cancelled call until its final message, as the server does',
    withClient({}, async (bench) => {
      await bench.welcomes(limited);
      const abort = new AbortController();
      bench.query('a', undefined, { signal: abort.signal });
      bench.query('b');
      bench.query('c');
      await bench.settle();
      abort.abort();
      await bench.settle();
      expect(bench.messages().map(([kind]) => kind)).toEqual([1, 1, 9]);
      await bench.says([[8, 1]]);
      expect(bench.messages().map(([kind]) => kind)).toEqual([1, 1, 9, 1]);
    }),
  );

  it(
    'takes a withdrawn call off at once',
    withClient({}, async (bench) => {
      await bench.welcomes(limited);
      const abort = new AbortController();
      bench.query('a', undefined, { signal: abort.signal });
      bench.query('b');
      bench.query('c');
      abort.abort();
      await bench.settle();
      expect(bench.messages().map((it) => it[2])).toEqual(['b', 'c']);
    }),
  );

  it(
    'never sends a call that was aborted in the queue',
    withClient({}, async (bench) => {
      await bench.welcomes(limited);
      const abort = new AbortController();
      bench.query('a');
      bench.query('b');
      const queued = bench.query('c', undefined, { signal: abort.signal });
      bench.query('d');
      await bench.settle();
      abort.abort();
      expect(queued.told).toEqual([fault('aborted', 'not-run')]);
      await bench.says([[4, 1, 'x']]);
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b', 'd']);
    }),
  );

  it(
    'numbers its calls from 1, rising, in the order in which they leave',
    withClient({}, async (bench) => {
      await bench.welcomes(limited);
      for (let i = 0; i < 10; i++) bench.query('a');
      await bench.settle();
      for (let id = 1; id <= 8; id++) await bench.says([[4, id, 'x']]);
      expect(bench.messages().map((it) => it[1])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }),
  );

  it('never has more in flight than the server takes, so that none is turned away', () => {
    const gates: Gate[] = [];
    const handlers = {
      a: () => {
        const gate = new Gate();
        gates.push(gate);
        return gate.promise;
      },
    };
    return inWorld({ limits: { calls: 3 }, handlers }, async (world) => {
      for (let i = 0; i < 20; i++) world.query('a');
      for (let i = 0; i < 20; i++) {
        await world.settle();
        expect(world.dispatch.running).toBeLessThanOrEqual(3);
        gates[i]?.open();
      }
      await world.settle();
      expect(world.dispatch.failures).toEqual([]);
      expect(world.dispatch.ran).toHaveLength(20);
    })();
  });
});

describe('calls that wait without bound', () => {
  it(
    'are turned away beyond 65,536, as not run',
    withClient({ timeoutMs: Number.POSITIVE_INFINITY }, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      for (let i = 0; i < 65_537; i++) bench.query('a');
      const beyond = bench.query('b');
      expect(beyond.told).toEqual([fault('queue-full', 'not-run')]);
    }),
  );

  it(
    'are turned away when their texts are too large together',
    withClient({}, (bench) => {
      const input = 'x'.repeat(1024 * 1024);
      const calls = Array.from({ length: 20 }, () => bench.query('a', input));
      const turnedAway = calls.filter((it) => it.over);
      expect(turnedAway.length).toBeGreaterThan(0);
      expect(turnedAway.length).toBeLessThan(5);
      for (const it of turnedAway) expect(it.told).toEqual([fault('queue-full', 'not-run')]);
    }),
  );

  it(
    'are turned away when their texts are too large together, also beyond the calls in flight',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      const input = 'x'.repeat(1024 * 1024);
      const calls = Array.from({ length: 40 }, () => bench.query('a', input));
      const turnedAway = calls.filter((it) => it.over);
      expect(turnedAway.length).toBeGreaterThan(0);
      for (const it of turnedAway) expect(it.told).toEqual([fault('queue-full', 'not-run')]);
    }),
  );

  it(
    'do not count once they were turned away while they moved to another session',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      const calls = [bench.query('a')];
      const input = 'x'.repeat(1024 * 1024);
      for (let i = 0; i < 16; i++) calls.push(bench.query('b', input));
      for (let i = 0; i < 12; i++) calls.push(bench.query('c', input));
      await bench.settle();
      await bench.dropsAndRedials();
      const turnedAway = calls.filter((it) => it.over).length;
      expect(turnedAway).toBeGreaterThan(0);
      await bench.welcomes();
      const { length } = bench.messages();
      expect(length + turnedAway).toBe(calls.length);
      for (let id = 1; id < length; id++) await bench.says([[4, id, 'x']]);
      const closing = bench.connection.close({ finishMs: 60_000 });
      expect(bench.connection.state).toBe('open');
      await bench.says([[4, length, 'x']]);
      await closing;
      expect(calls.filter((it) => it.told[0]?.[0] === 'result')).toHaveLength(length);
    }),
  );

  it(
    'do not count once they were aborted: a page that gives up its calls offline may make new ones',
    withClient({}, async (bench) => {
      const input = 'x'.repeat(1024 * 1024);
      for (let i = 0; i < 40; i++) {
        const abort = new AbortController();
        const call = bench.query('a', input, { signal: abort.signal });
        expect(call.told).toEqual([]);
        abort.abort();
        expect(call.told).toEqual([fault('aborted', 'not-run')]);
      }
      expect(bench.query('b').told).toEqual([]);
      await bench.settle();
    }),
  );

  it(
    'do not count once they were aborted in the queue beyond the limit either',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      bench.query('a');
      for (let i = 0; i < 65_536; i++) {
        const abort = new AbortController();
        bench.query('a', undefined, { signal: abort.signal });
        abort.abort();
      }
      expect(bench.query('b').told).toEqual([]);
    }),
  );

  it(
    'leave the count of those that wait right when thousands of them were aborted',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      const calls = [bench.query('a')];
      for (let i = 0; i < 3000; i++) {
        const abort = new AbortController();
        bench.query('gone', undefined, { signal: abort.signal });
        abort.abort();
      }
      calls.push(bench.query('b'), bench.query('c'));
      await bench.settle();
      const closing = bench.connection.close({ finishMs: 60_000 });
      expect(bench.connection.state).toBe('open');
      for (let id = 1; id <= 3; id++) await bench.says([[4, Number(bench.messages().at(-1)?.[1]), id]]);
      await closing;
      expect(calls.map((it) => it.told)).toEqual([[['result', 1]], [['result', 2]], [['result', 3]]]);
    }),
  );

  it(
    'can be aborted 32,000 at a time, in linear time, and leave nothing behind',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = Array.from({ length: 32_000 }, () => new AbortController());
      const calls = abort.map(({ signal }) => bench.query('a', undefined, { signal }));
      for (const it of [...abort].reverse()) it.abort();
      await bench.settle();
      expect(bench.messages()).toEqual([]);
      expect(calls.every((it) => it.told.length === 1)).toBe(true);
      const after = bench.query('b');
      await bench.settle();
      await bench.says([[4, Number(bench.messages()[0]?.[1]), 'x']]);
      expect(after.told).toEqual([['result', 'x']]);
    }),
  );
});
