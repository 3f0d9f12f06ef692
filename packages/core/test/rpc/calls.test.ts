import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { dataOf } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { fault } from '../harness/recorded-call.ts';
import { inWorld } from '../harness/world.ts';

describe('a call', () => {
  it(
    'is answered with what its handler gave',
    inWorld({ handlers: { double: ({ input }) => Number(input) * 2 } }, async (world) => {
      const query = world.query('double', 21);
      const mutation = world.mutation('double', 4);
      await world.settle();
      expect(query.told).toEqual([['result', 42]]);
      expect(mutation.told).toEqual([['result', 8]]);
    }),
  );

  it(
    'keeps undefined and null apart, in both directions',
    inWorld({ handlers: { echo: ({ input }) => input } }, async (world) => {
      const calls = [world.query('echo'), world.query('echo', null)];
      await world.settle();
      expect(calls.map((it) => it.told)).toEqual([[['result', undefined]], [['result', null]]]);
      expect(world.dispatch.ran.map((it) => it.input)).toEqual([undefined, null]);
    }),
  );

  it(
    'keeps undefined apart from null also when options follow',
    inWorld({ handlers: { echo: ({ input }) => input } }, async (world) => {
      world.query('echo', undefined, { timeoutMs: 1000 });
      world.query('echo', null, { timeoutMs: 1000 });
      await world.settle();
      expect(world.dispatch.ran.map((it) => it.input)).toEqual([undefined, null]);
    }),
  );

  it(
    'is told the error shape of its handler, as it came',
    inWorld({ handlers: { fail: () => Promise.reject(new Error('why')) } }, async (world) => {
      const call = world.query('fail');
      await world.settle();
      expect(call.told).toEqual([
        ['error', { message: 'why', code: -32603, data: { code: 'INTERNAL_SERVER_ERROR' } }],
      ]);
    }),
  );

  it(
    'does not wait for the one before it',
    inWorld({ handlers: { slow: () => slow.promise, fast: () => 'fast' } }, async (world) => {
      const first = world.query('slow');
      const second = world.query('fast');
      await world.settle();
      expect(second.over).toBe(true);
      expect(first.over).toBe(false);
      slow.open();
      await world.settle();
      expect(first.over).toBe(true);
    }),
  );
  const slow = new Gate();

  it(
    'shares its frame with the others of its turn, and so do their answers',
    inWorld({ handlers: { a: () => 1 } }, async (world) => {
      for (let i = 0; i < 50; i++) world.query('a');
      await world.settle();
      expect(dataOf(world.network.wire.frames('client'))).toHaveLength(1);
      expect(dataOf(world.network.wire.frames('server'))).toHaveLength(1);
    }),
  );

  it(
    'whose input is over the limit rejects, and has not run',
    inWorld({ limits: { messageBytes: 1000 }, handlers: { a: () => 1 } }, async (world) => {
      const large = world.query('a', 'x'.repeat(1000));
      const inBytes = world.query('a', '…'.repeat(400));
      const right = world.query('a', 'x'.repeat(500));
      await world.settle();
      expect(large.told).toEqual([fault('too-large', 'not-run')]);
      expect(inBytes.told).toEqual([fault('too-large', 'not-run')]);
      expect(right.told).toEqual([['result', 1]]);
    }),
  );
});

describe('an answer that arrives for no call', () => {
  it(
    'is ignored, whatever its kind',
    withClient({}, async (bench) => {
      await bench.welcomes();
      await bench.says([
        [4, 9, 'x'],
        [5, 9, {}],
        [6, 9],
        [7, 9, 'x'],
        [8, 9],
        [11, 9, 'e'],
        [12, 9, 'dropped'],
      ]);
      expect(bench.connection.state).toBe('open');
    }),
  );

  it(
    'a second time is ignored',
    withClient({}, async (bench) => {
      const call = bench.query('a');
      await bench.welcomes();
      await bench.says([
        [4, 1, 'x'],
        [4, 1, 'y'],
        [5, 1, {}],
      ]);
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );
});

describe('a call to a client that serves nothing', () => {
  it(
    'is answered with NOT_FOUND',
    withClient({}, async (bench) => {
      await bench.welcomes();
      await bench.says([[1, 1, 'a']]);
      expect(bench.messages()).toEqual([[5, 1, expect.objectContaining({ data: expect.anything() })]]);
      expect(bench.messages()[0]?.[2]).toMatchObject({ data: { code: 'NOT_FOUND' } });
    }),
  );
});

describe('abort', () => {
  it(
    'before the call rejects at once, with the reason, and nothing is sent',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a', undefined, { signal: AbortSignal.abort(new Error('why')) });
      expect(call.told).toEqual([fault('aborted', 'not-run')]);
      await bench.settle();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'before the call does not make a lazy connection dial',
    withClient({ lazy: true }, (bench) => {
      bench.query('a', undefined, { signal: AbortSignal.abort() });
      expect(bench.sockets).toHaveLength(0);
    }),
  );

  it(
    'in the turn of the call withdraws it: nothing is on the wire',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      const call = bench.mutation('a', undefined, { signal: abort.signal });
      const other = bench.query('b');
      abort.abort();
      expect(call.told).toEqual([fault('aborted', 'not-run')]);
      await bench.settle();
      expect(bench.messages()).toEqual([[1, 2, 'b']]);
      await bench.says([[4, 2, 'x']]);
      expect(other.over).toBe(true);
    }),
  );

  it(
    'while there is no line withdraws the call as well',
    withClient({}, async (bench) => {
      const abort = new AbortController();
      const call = bench.mutation('a', undefined, { signal: abort.signal });
      await bench.settle();
      abort.abort();
      expect(call.told).toEqual([fault('aborted', 'not-run')]);
      await bench.welcomes();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it('after the call left sends cancel, and the handler is told', () => {
    const reasons: unknown[] = [];
    const handlers = {
      wait: ({ signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(signal.reason);
          }),
        ),
    };
    return inWorld({ handlers }, async (world) => {
      const abort = new AbortController();
      const call = world.query('wait', undefined, { signal: abort.signal });
      await world.settle();
      abort.abort();
      expect(call.told).toEqual([fault('aborted', 'unknown')]);
      await world.settle();
      expect(reasons).toHaveLength(1);
      expect(world.network.wire.said('client')).toEqual([
        [1, 1, 'wait'],
        [9, 1],
      ]);
      expect(world.network.wire.said('server')).toEqual([[8, 1]]);
    })();
  });

  it(
    'after the answer changes nothing, and its listener is gone',
    withClient({}, async (bench) => {
      const abort = new AbortController();
      const call = bench.query('a', undefined, { signal: abort.signal });
      await bench.welcomes();
      await bench.says([[4, 1, 'x']]);
      abort.abort();
      await bench.settle();
      expect(call.told).toEqual([['result', 'x']]);
      expect(bench.messages()).toHaveLength(1);
    }),
  );

  it(
    'that crosses the answer: what arrives after it is ignored',
    withClient({}, async (bench) => {
      const abort = new AbortController();
      const call = bench.query('a', undefined, { signal: abort.signal });
      await bench.welcomes();
      abort.abort();
      await bench.says([[4, 1, 'x']]);
      expect(call.told).toEqual([fault('aborted', 'unknown')]);
    }),
  );

  it(
    'gives its reason as the cause',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const why = new Error('why');
      const abort = new AbortController();
      const causes: unknown[] = [];
      const call = bench.query('a', undefined, { signal: abort.signal });
      call.fault = (it) => void causes.push(it.cause);
      abort.abort(why);
      expect(causes).toEqual([why]);
    }),
  );
});

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
