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
