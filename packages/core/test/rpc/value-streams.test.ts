import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { stream } from '../../src/trpc/stream-schema.ts';
import { bytes } from '../harness/binary-frames.ts';
import { upTo } from '../harness/counted-stream.ts';
import { Reading } from '../harness/reading.ts';
import { procedure, servedWorld, serving } from '../harness/served-world.ts';
import { withServer } from '../harness/server-bench.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const input = procedure.input(z.any());

/** A procedure that reads its input, and gives what it got. */
const readAll = input.query(async ({ input: items }) => {
  const got: unknown[] = [];
  for await (const item of items as AsyncIterable<unknown>) got.push(item);
  return got;
});

describe('a stream in a result', () => {
  it('that is the whole result gives all its items, in order, and comes to its end', () => {
    const source = new WatchedSource(upTo(1000));
    return servedWorld({ a: procedure.query(() => source) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      expect(reading.items).toEqual(numbers(1000));
      expect(reading.end).toBe('complete');
      expect(call.call.settled).toBe(true);
      expect([source.endings, source.returns]).toEqual([1, 0]);
    })();
  });

  it('stands at its place in a value, beside bytes and other streams, which may be read in any order', () => {
    const result = (): object => ({
      total: 2,
      pages: [new WatchedSource(['a', 'b']), new WatchedSource([bytes(5), { deep: bytes(66_000, 3) }])],
      raw: bytes(7),
    });
    return servedWorld({ a: procedure.query(result) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      expect(call.value).toEqual({ total: 2, pages: [call.streamAt(0), call.streamAt(1)], raw: bytes(7) });
      const second = new Reading(call.streamAt(1));
      await world.settle();
      expect(second.items).toEqual([bytes(5), { deep: bytes(66_000, 3) }]);
      const first = new Reading(call.streamAt(0));
      await world.settle();
      expect([first.items, first.end, second.end]).toEqual([['a', 'b'], 'complete', 'complete']);
      expect(call.call.settled).toBe(true);
    })();
  });

  it('is not pulled past its window until somebody reads it', () => {
    const source = new WatchedSource(upTo(1000));
    return servedWorld({ a: procedure.query(() => source) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.advance(5000);
      expect(source.pulled).toBe(64);
      const reading = new Reading(call.stream, 40);
      await world.settle();
      expect(reading.end).toBe('left');
      expect(source.pulled).toBeLessThan(200);
    })();
  });

  it('cannot be looped over twice: the second loop would look complete', () => {
    const result = (): object => ({ rows: new WatchedSource(upTo(3)) });
    return servedWorld({ a: procedure.query(result) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      new Reading(call.stream);
      await world.settle();
      const again = new Reading(call.stream);
      await world.settle();
      expect(again.end).toBe('A stream can be iterated once');
    })();
  });

  it('cannot have streams in its items', () => {
    const nested = (): object => new WatchedSource([1, { inner: new WatchedSource([]) }]);
    return servedWorld({ a: procedure.query(nested) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      expect(reading.items).toEqual([1]);
      expect(reading.end).toBe('A stream cannot be part of this value');
    })();
  });
});

describe('a stream in an input', () => {
  it(
    'that is the whole input is read by the handler, item by item, in order',
    servedWorld({ readAll }, {}, async (world) => {
      const source = new WatchedSource(upTo(1000));
      const call = new ValueCall(world.connection, 'readAll', source);
      await world.settle();
      expect(call.value).toEqual(numbers(1000));
      expect([source.endings, source.returns]).toEqual([1, 0]);
    }),
  );

  it('stands at its place in a value, with bytes beside it and in its items', () => {
    const upload = procedure
      .input(z.object({ name: z.string(), head: z.instanceof(Uint8Array), rest: stream(z.any()) }))
      .mutation(async ({ input: { name, head, rest } }) => {
        const parts: unknown[] = [name, head];
        for await (const part of rest) parts.push(part);
        return parts;
      });
    return servedWorld({ upload }, {}, async (world) => {
      const rest = new WatchedSource([bytes(3), bytes(66_000, 5), 'text']);
      const value = { name: 'x', head: bytes(9), rest };
      const call = new ValueCall(world.connection, 'upload', value, { type: 'mutation' });
      await world.settle();
      expect(call.value).toEqual(['x', bytes(9), bytes(3), bytes(66_000, 5), 'text']);
    })();
  });

  it('is not pulled past its window until the handler reads it', () => {
    const source = new WatchedSource(upTo(1000));
    let read: AsyncIterator<unknown> | undefined;
    const hold = input.query(({ input: items, signal }) => {
      read = (items as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(1)));
    });
    return servedWorld({ hold }, {}, async (world) => {
      new ValueCall(world.connection, 'hold', source);
      await world.advance(5000);
      expect(source.pulled).toBe(64);
      for (let n = 0; n < 32; n++) expect(await read?.next()).toEqual({ done: false, value: n });
      await world.settle();
      expect(source.pulled).toBe(96);
    })();
  });

  it('that the handler does not read, or leaves, is given up once, and the answer does not wait', () => {
    const first = input.query(async ({ input: items }) => {
      for await (const item of items as AsyncIterable<unknown>) return item;
      return 'none';
    });
    const ignore = input.query(() => 'done');
    return servedWorld({ first, ignore }, {}, async (world) => {
      const sources = [new WatchedSource(upTo(1000), 'waits'), new WatchedSource(['x'], 'waits')];
      const calls = ['ignore', 'first'].map((path, i) => new ValueCall(world.connection, path, sources[i]));
      await world.settle();
      expect(calls.map(({ value }) => value)).toEqual(['done', 'x']);
      expect(sources.map(({ returns, endings }) => [returns, endings])).toEqual([
        [1, 1],
        [1, 1],
      ]);
      expect(sources[0]?.pulled).toBeLessThanOrEqual(64);
    })();
  });

  it('that the handler goes on reading after its answer fails there: it does not look complete', () => {
    const readings: Reading[] = [];
    const early = input.query(({ input: items }) => {
      readings.push(new Reading(items as AsyncIterable<unknown>));
      return 'early';
    });
    return servedWorld({ early }, {}, async (world) => {
      const source = new WatchedSource(upTo(10), 'waits');
      const call = new ValueCall(world.connection, 'early', source);
      await world.settle();
      expect([call.value, readings[0]?.end]).toEqual(['early', 'The call is over']);
      expect([source.returns, source.endings]).toEqual([1, 1]);
    })();
  });

  it('that the handler does not read is cancelled at its sender', () => {
    const dispatch = serving({ ignore: input.query(() => 'done') });
    return withServer({ dispatch }, async (bench) => {
      const socket = await bench.enter('a', [[1, 1, 'ignore', null, { streams: [[[], -1]] }]]);
      expect(bench.messages(socket)).toEqual([
        [9, -1],
        [4, 1, 'done'],
      ]);
      // Until its sender has ended it, the stream counts: items that crossed the cancel are no violation.
      await bench.says(socket, [
        [7, -1, 'x'],
        [8, -1],
      ]);
      expect(socket.live).toBe(true);
    })();
  });

  it('cannot be looped over twice by its handler, with a schema or without', () => {
    const twice = async (items: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of items);
      for await (const _ of items);
    };
    const procedures = {
      bare: input.query(({ input: items }) => twice(items as AsyncIterable<unknown>)),
      valid: procedure.input(stream(z.number())).query(({ input: items }) => twice(items)),
    };
    return servedWorld(procedures, {}, async (world) => {
      const calls = ['bare', 'valid'].map(
        (it) => new ValueCall(world.connection, it, new WatchedSource([1])),
      );
      await world.settle();
      for (const { told } of calls) expect(told).toEqual(['A stream can be iterated once']);
    })();
  });

  it('of a subscription is read while items come out of it', () => {
    const doubled = procedure.input(stream(z.number())).subscription(async function* ({ input: items }) {
      for await (const n of items) yield n * 2;
    });
    return servedWorld({ doubled }, {}, async (world) => {
      const items: unknown[] = [];
      const call = new ValueCall(world.connection, 'doubled', new WatchedSource(upTo(5)), {
        type: 'subscription',
      });
      call.item = (data?: unknown) => void items.push(data);
      await world.settle();
      expect([items, call.told]).toEqual([[0, 2, 4, 6, 8], ['ended']]);
    })();
  });
});

describe('streams both ways', () => {
  const doubled = procedure.input(stream(z.number())).query(async function* ({ input: items }) {
    for await (const n of items) yield n * 2;
  });

  it(
    'of one call flow at the same time',
    servedWorld({ doubled }, {}, async (world) => {
      const source = new WatchedSource(upTo(500));
      const call = new ValueCall(world.connection, 'doubled', source);
      await world.settle();
      expect(source.pulled).toBeLessThan(500);
      const reading = new Reading(call.stream);
      await world.settle();
      expect(reading.items).toEqual(numbers(500).map((n) => n * 2));
      expect([reading.end, source.endings, call.call.settled]).toEqual(['complete', 1, true]);
    }),
  );

  it(
    'of one call: whoever leaves the result gives up the input',
    servedWorld({ doubled }, {}, async (world) => {
      const source = new WatchedSource(upTo(3), 'waits');
      const call = new ValueCall(world.connection, 'doubled', source);
      await world.settle();
      const reading = new Reading(call.stream, 2);
      await world.settle();
      expect(reading.end).toBe('left');
      expect([source.returns, source.endings, call.call.settled]).toEqual([1, 1, true]);
    }),
  );

  it('of one call: an input that goes on when the result is over is given up', () => {
    const head = input.query(() => new WatchedSource([1]));
    return servedWorld({ head }, {}, async (world) => {
      const source = new WatchedSource(upTo(3), 'waits');
      const call = new ValueCall(world.connection, 'head', source);
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      expect(reading.end).toBe('complete');
      expect([source.returns, source.endings, call.call.settled]).toEqual([1, 1, true]);
    })();
  });
});
