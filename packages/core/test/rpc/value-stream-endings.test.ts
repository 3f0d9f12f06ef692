import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { socketBufferBytes } from '../../src/session/ports.ts';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { Reading } from '../harness/reading.ts';
import type { ServedOptions } from '../harness/served-world.ts';
import { procedure, servedWorld, serving } from '../harness/served-world.ts';
import { withServer } from '../harness/server-bench.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';
import type { World } from '../harness/world.ts';

const input = procedure.input(z.any());

/** A handler that gives so many streams, none of which ends by itself. */
function endless(count = 1) {
  const sources = Array.from({ length: count }, () => new WatchedSource(upTo(5), 'waits'));
  const signals: AbortSignal[] = [];
  const gate = new Gate();
  const give = async (signal: AbortSignal | undefined): Promise<unknown> => {
    if (signal) signals.push(signal);
    await gate.promise;
    return sources;
  };
  const a = procedure.query(({ signal }) => give(signal));
  return {
    procedures: { a, b: procedure.query(() => 'b') },
    sources,
    gate,
    aborted: () => signals.map((signal) => signal.aborted),
  };
}

type Endless = ReturnType<typeof endless>;

/** A test of a result of so many streams, for which its caller has asked. */
function withEndless(
  count: number,
  body: (world: World, served: Endless, call: ValueCall, abort: AbortController) => Promise<void>,
  { timeoutMs, ...options }: ServedOptions & { readonly timeoutMs?: number } = {},
): () => Promise<void> {
  const served = endless(count);
  return servedWorld(served.procedures, { limits: { calls: count }, ...options }, async (world) => {
    const abort = new AbortController();
    const { signal } = abort;
    const call = new ValueCall(
      world.connection,
      'a',
      undefined,
      timeoutMs ? { signal, timeoutMs } : { signal },
    );
    await world.settle();
    await body(world, served, call, abort);
    for (const source of served.sources) expect(source.endings).toBe(1);
  });
}

const answer = async (world: World, { gate }: Endless): Promise<void> => {
  gate.open();
  await world.settle();
};

/** Whether both ends have its place free again, where there is one place. */
async function freesItsPlace(world: World): Promise<void> {
  const after = new ValueCall(world.connection, 'b');
  await world.settle();
  expect(after.told).toEqual(['answered']);
}

describe('a stream of a result that is not wanted any more', () => {
  it(
    'is given up when its reader leaves; the handler is told, and the place is free',
    withEndless(1, async (world, served, call) => {
      await answer(world, served);
      const reading = new Reading(call.stream, 3);
      await world.settle();
      expect([reading.items, reading.end]).toEqual([[0, 1, 2], 'left']);
      expect(served.aborted()).toEqual([true]);
      expect(call.call.settled).toBe(true);
      await freesItsPlace(world);
    }),
  );

  it(
    'leaves the handler alone as long as another stream of the result is wanted',
    withEndless(2, async (world, served, call) => {
      await answer(world, served);
      const [first, second] = [new Reading(call.streamAt(0), 2), new Reading(call.streamAt(1))];
      await world.settle();
      expect([first.end, second.end]).toEqual(['left', 'open']);
      expect(served.sources.map(({ returns }) => returns)).toEqual([1, 0]);
      expect(served.aborted()).toEqual([false]);
      await call.streamAt(1).return();
      await world.settle();
      expect(served.sources.map(({ returns }) => returns)).toEqual([1, 1]);
      expect(served.aborted()).toEqual([true]);
    }),
  );

  it(
    'is over for its reader at once, also one that waits for an item',
    withEndless(1, async (world, served, call) => {
      await answer(world, served);
      const reading = new Reading(call.stream);
      await world.settle();
      world.network.held = true;
      void call.stream.return();
      await world.breathe();
      expect(reading.end).toBe('complete');
      world.network.held = false;
      await world.settle();
    }),
  );

  it(
    'rejects when its call is aborted, whatever has arrived; the handler is told',
    withEndless(1, async (world, served, call, abort) => {
      await answer(world, served);
      const taken = await call.stream.next();
      abort.abort();
      const reading = new Reading(call.stream);
      await world.settle();
      expect(taken).toEqual({ done: false, value: 0 });
      expect([reading.items, reading.end]).toEqual([[], 'aborted unknown']);
      expect([call.told, served.aborted()]).toEqual([['answered'], [true]]);
      await freesItsPlace(world);
    }),
  );

  it(
    'rejects all streams of an aborted call, and each but once',
    withEndless(3, async (world, served, call, abort) => {
      await answer(world, served);
      const readings = [0, 1, 2].map((i) => new Reading(call.streamAt(i)));
      await world.settle();
      abort.abort();
      await world.settle();
      for (const reading of readings) expect(reading.end).toBe('aborted unknown');
      expect(await call.stream.next()).toEqual({ done: true, value: undefined });
    }),
  );
});

describe('the deadline of a call', () => {
  it(
    'that passes before the result: its streams are given up and never read',
    withEndless(
      1,
      async (world, served, call) => {
        await world.advance(1000);
        expect(call.told).toEqual(['timeout unknown']);
        await answer(world, served);
        expect(served.sources[0]?.pulled).toBe(0);
        await freesItsPlace(world);
      },
      { timeoutMs: 1000 },
    ),
  );

  it(
    'that passes after the result holds for its streams',
    withEndless(
      1,
      async (world, served, call) => {
        await answer(world, served);
        const reading = new Reading(call.stream);
        await world.advance(999);
        expect(reading.end).toBe('open');
        await world.advance(1);
        expect([reading.items.length, reading.end]).toEqual([5, 'timeout unknown']);
        expect([served.aborted(), served.sources[0]?.returns]).toEqual([[true], 1]);
        await freesItsPlace(world);
      },
      { timeoutMs: 1000 },
    ),
  );

  it('holds for what the handler reads, and for the source', () => {
    const failures: string[] = [];
    const handler = new Gate<Reading>();
    const read = input.mutation(({ input: items }) => {
      handler.open(new Reading(items as AsyncIterable<unknown>));
      return new Promise(() => {});
    });
    return servedWorld({ read }, { failures }, async (world) => {
      const source = new WatchedSource(upTo(5), 'waits');
      const call = new ValueCall(world.connection, 'read', source, { type: 'mutation', timeoutMs: 1000 });
      await world.advance(1000);
      const reading = await handler.promise;
      expect(call.told).toEqual(['timeout unknown']);
      expect(reading.end).not.toBe('open');
      expect([reading.items.length, reading.end === 'complete']).toEqual([5, false]);
      expect([source.returns, source.endings]).toEqual([1, 1]);
    })();
  });
});

describe('a call that is cancelled before its result', () => {
  it(
    'is answered without the streams that its handler gives nevertheless: they are given up unread',
    withEndless(1, async (world, served, call, abort) => {
      abort.abort();
      await world.settle();
      expect([call.told, served.aborted()]).toEqual([['aborted unknown'], [true]]);
      await answer(world, served);
      expect(served.sources[0]?.pulled).toBe(0);
      await freesItsPlace(world);
    }),
  );

  it(
    'whose cancel crosses the result gives its streams up all the same',
    withEndless(1, async (world, served, call, abort) => {
      world.network.held = true;
      served.gate.open();
      await world.breathe();
      abort.abort();
      world.network.held = false;
      await world.settle();
      expect(call.told).toEqual(['aborted unknown']);
      expect(served.sources[0]?.returns).toBe(1);
      await freesItsPlace(world);
    }),
  );
});

describe('the input of a call that its caller gives up', () => {
  const ways: readonly [string, (call: ValueCall, abort: AbortController, bench: ClientBench) => unknown][] =
    [
      ['aborts', (_, abort) => abort.abort()],
      ['leaves', ({ call }) => call.leave()],
      ['lets pass its deadline', (_call, _abort, bench) => bench.advance(5000)],
    ];

  for (const [name, giveUp] of ways) {
    it(
      `does not look complete at the other end: who ${name} says so first, and then that the stream failed`,
      withClient({}, async (bench) => {
        await bench.welcomes();
        const abort = new AbortController();
        const source = new WatchedSource(upTo(2), 'waits');
        const options = { signal: abort.signal, timeoutMs: 5000 };
        const call = new ValueCall(bench.connection, 'a', source, options);
        await bench.settle();
        await giveUp(call, abort, bench);
        await bench.settle();
        const said = bench.messages().map(([kind, id]) => `${kind} ${id}`);
        expect(said).toEqual(['1 1', '7 -1', '7 -1', '9 1', '5 -1']);
        expect(source.endings).toBe(1);
      }),
    );
  }
});

describe('what a handler reads of its input', () => {
  /** A server whose handler reads for ever, and what it reads. */
  function reading() {
    const loops: Reading[] = [];
    const read = input.query(({ input: items }) => {
      loops.push(new Reading(items as AsyncIterable<unknown>));
      return new Promise(() => {});
    });
    const call = (timeout: number): Frame => [1, 1, 'read', null, { timeout, streams: [[[], -1]] }];
    const ends = (): unknown[] => loops.map(({ items, end }) => [items, end]);
    return { dispatch: serving({ read }), call, ends };
  }

  it('fails when the deadline passes, though its caller says nothing', () => {
    const { dispatch, call, ends } = reading();
    return withServer({ dispatch }, async (bench) => {
      const socket = await bench.enter('a', [call(1000), [7, -1, 'x']]);
      expect(ends()).toEqual([[['x'], 'open']]);
      await bench.advance(1000);
      expect(ends()).toEqual([[['x'], 'The deadline of the call passed']]);
      expect(socket.live).toBe(true);
    })();
  });

  it('fails when the session ends', () => {
    const { dispatch, call, ends } = reading();
    return withServer({ dispatch }, async (bench) => {
      const socket = await bench.enter('a', [call(100_000), [7, -1, 'x']]);
      socket.drops();
      await bench.settle();
      expect(ends()).toEqual([[['x'], 'The session has ended (off)']]);
    })();
  });

  it('fails when the call is cancelled, whatever has arrived of it', () => {
    const { dispatch, call, ends } = reading();
    return withServer({ dispatch }, async (bench) => {
      await bench.enter(
        'a',
        [call(100_000)],
        [
          [9, 1],
          [7, -1, 'x'],
          [8, -1],
        ],
      );
      expect(ends()).toEqual([[[], 'The call was cancelled']]);
    })();
  });
});

describe('a result with a stream that has not left', () => {
  it('is cancelled, and lost with its session: its source is given up once, and unread', () => {
    const source = new WatchedSource(upTo(3), 'waits');
    const dispatch = serving({ a: procedure.query(() => source) });
    return withServer({ dispatch }, async (bench) => {
      const socket = await bench.enter('a');
      socket.buffered = socketBufferBytes;
      await bench.says(socket, [[1, 1, 'a']]);
      await bench.says(socket, [[9, 1]]);
      socket.drops();
      await bench.settle();
      expect([source.pulled, source.endings]).toEqual([0, 1]);
    })();
  });

  it('and is cancelled is over when the socket has room: its source is given up once, and unread', () => {
    const source = new WatchedSource(upTo(3), 'waits');
    const dispatch = serving({ a: procedure.query(() => source) });
    return withServer({ dispatch }, async (bench) => {
      const socket = await bench.enter('a');
      socket.buffered = socketBufferBytes;
      await bench.says(socket, [[1, 1, 'a']]);
      await bench.says(socket, [[9, 1]]);
      socket.buffered = 0;
      socket.events?.drained();
      await bench.settle();
      expect([source.pulled, source.endings]).toEqual([0, 1]);
      const said = bench.messages(socket).map(([kind]) => kind);
      expect(said.at(-1)).toBe(8);
      expect(said).not.toContain(7);
    })();
  });
});

describe('a source that fails', () => {
  it('at the server ends the stream at its reader with the error, after the items before it', () => {
    const failures: string[] = [];
    const source = new WatchedSource(upTo(100), new Error('disk'));
    return servedWorld({ a: procedure.query(() => ({ source })) }, { failures }, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      expect([reading.items.length, reading.end]).toEqual([100, 'disk']);
      expect([failures, source.endings, call.call.settled]).toEqual([['disk'], 1, true]);
    })();
  });

  it('at the client throws in the handler’s loop, after the items before it', () => {
    const loop = input.query(async ({ input: items }) => {
      for await (const _ of items as AsyncIterable<unknown>);
    });
    return servedWorld({ loop }, {}, async (world) => {
      const source = new WatchedSource(upTo(3), new Error('disk'));
      const call = new ValueCall(world.connection, 'loop', source);
      await world.settle();
      expect(call.told).toEqual(['The stream failed at its sender: disk']);
      expect([source.returns, source.endings]).toEqual([0, 1]);
    })();
  });

  it('at once, without an item, does so too', () => {
    const source = new WatchedSource([], new Error('disk'));
    return servedWorld({ a: procedure.query(() => source) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      expect([reading.items, reading.end]).toEqual([[], 'disk']);
    })();
  });

  it('beside others of its value leaves those alone', () => {
    const good = new WatchedSource(upTo(100));
    const result = [new WatchedSource([], new Error('disk')), good];
    return servedWorld({ a: procedure.query(() => result) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const readings = [0, 1].map((i) => new Reading(call.streamAt(i)));
      await world.settle();
      expect(readings.map(({ end }) => end)).toEqual(['disk', 'complete']);
      expect(readings[1]?.items).toHaveLength(100);
    })();
  });

  it('with an item that cannot be serialised is given up', () => {
    const source = new WatchedSource([1, 2n, 3], 'waits');
    return servedWorld({ a: procedure.query(() => source) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      expect(reading.items).toEqual([1]);
      expect(reading.end).toMatch(/BigInt/);
      expect([source.returns, source.endings]).toEqual([1, 1]);
    })();
  });

  it('with an item over the limits is given up', () => {
    const source = new WatchedSource([1, 'x'.repeat(2000), 3], 'waits');
    const procedures = { a: procedure.query(() => source) };
    return servedWorld(procedures, { limits: { messageBytes: 1500 } }, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      expect([reading.items, reading.end]).toEqual([[1], 'The item is larger than the other end accepts']);
      expect([source.returns, source.endings]).toEqual([1, 1]);
    })();
  });
});
