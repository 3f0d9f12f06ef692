import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { socketBufferBytes } from '../../src/session/ports.ts';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { welcomeFrame } from '../harness/frames.ts';
import { Reading } from '../harness/reading.ts';
import { procedure, servedWorld } from '../harness/served-world.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';

/** A call whose input has so many streams, none of which ends by itself. */
function upload(bench: ClientBench, path: string, count: number, abort?: AbortController): WatchedSource[] {
  const sources = Array.from({ length: count }, () => new WatchedSource([], 'waits'));
  bench.calls.push(new ValueCall(bench.connection, path, sources, abort ? { signal: abort.signal } : {}));
  return sources;
}

/** Calls, and ends of streams, as they were sent. */
const told = (bench: ClientBench): unknown[] =>
  bench.messages().flatMap(([kind, id, path]: Frame) => {
    if (kind === 1) return [path];
    return kind === 8 || kind === 5 ? [`end of ${id}`] : [];
  });

describe('a call whose streams the other end does not take yet', () => {
  it(
    'waits until those of others are over, and is not rejected',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 2 } });
      upload(bench, 'a', 2);
      const later = upload(bench, 'b', 1);
      await bench.settle();
      expect(told(bench)).toEqual(['a']);
      await bench.says([[9, -1]]);
      expect(told(bench)).toEqual(['a', 'end of -1', 'b']);
      expect(bench.messages().at(-1)).toEqual([1, 2, 'b', [null], { streams: [[[0], -3]] }]);
      expect(later[0]?.endings).toBe(0);
    }),
  );

  it(
    'waits until there are as many places as it has streams',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 3 } });
      upload(bench, 'a', 2);
      upload(bench, 'b', 3);
      await bench.settle();
      await bench.says([[9, -1]]);
      expect(told(bench)).toEqual(['a', 'end of -1']);
      await bench.says([[9, -2]]);
      expect(told(bench)).toEqual(['a', 'end of -1', 'end of -2', 'b']);
    }),
  );

  it(
    'is called back when the limits turn out lower, and turned away where they never take it',
    withClient({}, async (bench) => {
      // More than may leave early: the rest is measured by the limits that `welcome` brings.
      bench.mutation('large', 'x'.repeat(60_000));
      bench.mutation('large', 'x'.repeat(60_000));
      upload(bench, 'a', 3);
      upload(bench, 'b', 3);
      const many = new ValueCall(
        bench.connection,
        'c',
        Array.from({ length: 5 }, () => new WatchedSource([], 'waits')),
      );
      await bench.opens();
      const before = bench.messages().length;
      await bench.says(welcomeFrame({ limits: { calls: 4 } }));
      const paths = bench
        .messages()
        .slice(before)
        .map(([, , path]) => path);
      expect(paths.filter((path) => path !== 'large')).toEqual(['a']);
      expect(many.told[0]).toMatch(/too-large/);
    }),
  );

  it(
    'keeps its place in the queue, and holds up nobody who has no streams',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 2 } });
      upload(bench, 'a', 2);
      upload(bench, 'b', 2);
      bench.query('c');
      await bench.settle();
      expect(told(bench)).toEqual(['a', 'c']);
      await bench.says([[4, 1, 'x']]);
      expect(told(bench)).toEqual(['a', 'c', 'end of -1', 'end of -2', 'b']);
    }),
  );

  it(
    'may be aborted there, and those behind it go on',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 2 } });
      upload(bench, 'a', 1);
      const abort = new AbortController();
      upload(bench, 'b', 2, abort);
      upload(bench, 'c', 1);
      await bench.settle();
      expect(told(bench)).toEqual(['a']);
      abort.abort();
      await bench.settle();
      expect(told(bench)).toEqual(['a', 'c']);
    }),
  );

  it('has its turn, however many there are: none is turned away at either end', () => {
    const first = procedure.input(z.any()).mutation(async ({ input }) => {
      for await (const item of input as AsyncIterable<unknown>) return item;
      return 'none';
    });
    const sum = procedure.input(z.any()).mutation(async ({ input }) => {
      let count = 0;
      for await (const _ of input as AsyncIterable<unknown>) count++;
      return count;
    });
    return servedWorld({ first, sum }, { limits: { calls: 4 } }, async (world) => {
      const calls = Array.from({ length: 40 }, (_, i) => {
        const source = new WatchedSource(upTo(100), 'ends');
        return new ValueCall(world.connection, i % 2 ? 'first' : 'sum', source, { type: 'mutation' });
      });
      await world.settle();
      expect(calls.map(({ value }) => value)).toEqual(calls.map((_, i) => (i % 2 ? 0 : 100)));
      expect(world.sessions).toHaveLength(1);
      expect(world.connection.state).toBe('open');
    })();
  });
});

describe('the place of a stream is taken', () => {
  it(
    'until its final message has left, as the other end counts it',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      upload(bench, 'a', 1);
      await bench.settle();
      bench.socket.buffered = socketBufferBytes;
      await bench.says([[9, -1]], [[4, 1, 'x']]);
      upload(bench, 'b', 1);
      await bench.settle();
      expect(told(bench)).toEqual(['a']);
      bench.socket.buffered = 0;
      bench.socket.events?.drained();
      await bench.settle();
      expect(told(bench)).toEqual(['a', 'end of -1', 'b']);
    }),
  );

  it(
    'until its final message has left: behind the items that it was sent before, too',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      const source = new WatchedSource(
        upTo(20, () => 'x'.repeat(10_000)),
        'waits',
      );
      bench.calls.push(new ValueCall(bench.connection, 'a', source));
      bench.socket.onSend = () => {
        bench.socket.buffered = socketBufferBytes;
      };
      await bench.settle();
      await bench.says([[4, 1, 'x']]);
      upload(bench, 'b', 1);
      for (let i = 0; i < 6; i++) {
        bench.socket.buffered = 0;
        bench.socket.events?.drained();
        await bench.settle();
      }
      expect(told(bench)).toEqual(['a', 'end of -1', 'b']);
      expect(source.endings).toBe(1);
    }),
  );

  it('by each stream of a result until that is over, though the others are', () => {
    const sources = [new WatchedSource(upTo(3)), new WatchedSource(upTo(3), 'waits')];
    const procedures = { a: procedure.query(() => sources), b: procedure.query(() => 'b') };
    return servedWorld(procedures, { limits: { calls: 2 } }, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const calls = [0, 1].map(() => new ValueCall(world.connection, 'b'));
      await world.breathe();
      // One of the two places is that of the first call, whose second stream goes on.
      expect(world.network.wire.said('client').filter(([kind]) => kind === 1)).toHaveLength(2);
      await world.settle();
      for (const { told: words } of calls) expect(words).toEqual(['answered']);
      const readings = [0, 1].map((i) => new Reading(call.streamAt(i)));
      await world.settle();
      expect(readings.map(({ end }) => end)).toEqual(['complete', 'open']);
      expect(call.call.settled).toBe(false);
      await call.streamAt(1).return();
      await world.settle();
      expect(call.call.settled).toBe(true);
    })();
  });
});
