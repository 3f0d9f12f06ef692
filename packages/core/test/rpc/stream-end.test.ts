import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import { withClient } from '../harness/client-bench.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { withServer } from '../harness/server-bench.ts';
import { inWorld } from '../harness/world.ts';

const subscribe: Frame = [[3, 1, 's']];

/** Waits for the signal as a well-behaved handler does. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

describe('a stream that ends by itself', () => {
  it(
    'gives its items, then its end',
    inWorld({ handlers: { s: () => new CountedStream(upTo(3)) } }, async (world) => {
      const sub = world.subscribe('s');
      await world.settle();
      expect(sub.story).toEqual(['started', '0', '1', '2', 'ended']);
    }),
  );

  it(
    'keeps undefined and null apart, and the ids of tracked events',
    inWorld(
      {
        handlers: {
          s: () =>
            new CountedStream([undefined, null, { tracked: '7', data: undefined }, { tracked: '', data: 1 }]),
        },
      },
      async (world) => {
        const sub = world.subscribe('s');
        await world.settle();
        const items = sub.entries.flatMap((it) => (it.kind === 'item' ? [[it.data, it.event]] : []));
        expect(items).toEqual([
          [undefined, undefined],
          [null, undefined],
          [undefined, '7'],
          [1, ''],
        ]);
      },
    ),
  );

  it(
    'is over when a callee answers it with a result',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([[4, 1, 'x']]);
      expect(sub.story).toEqual(['ended']);
    }),
  );

  it('ends after its last item also when that had to wait for credit', () =>
    inWorld({ handlers: { s: () => new CountedStream(upTo(100)) } }, async (world) => {
      const sub = world.subscribe('s', undefined, { eager: false });
      for (let i = 0; i < 5; i++) {
        await world.settle();
        sub.take(33);
      }
      expect(sub.items).toHaveLength(100);
      expect(sub.story.at(-1)).toBe('ended');
    })());
});

describe('a stream that fails', () => {
  it(
    'gives the items before it, then the error',
    inWorld(
      {
        handlers: {
          s: async function* () {
            yield 1;
            throw new Error('why');
          },
        },
      },
      async (world) => {
        const sub = world.subscribe('s');
        await world.settle();
        expect(sub.story).toEqual(['started', '1', 'error']);
        expect(world.dispatch.failures.map(String)).toEqual(['Error: why']);
      },
    ),
  );

  it(
    'before it is one is told without being started',
    inWorld({ handlers: { s: () => Promise.reject(new Error('why')) } }, async (world) => {
      const sub = world.subscribe('s');
      await world.settle();
      expect(sub.story).toEqual(['error']);
    }),
  );

  const broken: Readonly<Record<string, unknown>> = {
    circular: (() => {
      const it: Record<string, unknown> = {};
      it['self'] = it;
      return it;
    })(),
    'a BigInt': 1n,
    'one whose toJSON throws': {
      toJSON: () => {
        throw new Error('toJSON');
      },
    },
  };
  for (const [what, item] of Object.entries(broken)) {
    it(`by an item that cannot be serialised, such as ${what}, returns its generator and errors`, () => {
      const stream = new CountedStream([1, item, 2]);
      return inWorld({ handlers: { s: () => stream } }, async (world) => {
        const sub = world.subscribe('s');
        await world.settle();
        expect(sub.story).toEqual(['started', '1', 'error']);
        expect(stream.returned).toBe(true);
        expect(world.connection.state).toBe('open');
      })();
    });
  }

  it('by an item over the limit returns its generator and errors', () => {
    const stream = new CountedStream(['ok', 'x'.repeat(2000), 'ok']);
    return inWorld({ limits: { messageBytes: 1000 }, handlers: { s: () => stream } }, async (world) => {
      const sub = world.subscribe('s');
      await world.settle();
      expect(sub.story).toEqual(['started', '"ok"', 'error']);
      expect(stream.returned).toBe(true);
      expect(world.dispatch.failures).toMatchObject([{ code: 'PAYLOAD_TOO_LARGE' }]);
    })();
  });

  const iterators: Readonly<Record<string, () => AsyncIterator<unknown>>> = {
    'throws from next': () => ({
      next: () => {
        throw new Error('why');
      },
    }),
    'rejects from next': () => ({ next: () => Promise.reject(new Error('why')) }),
    'gives no promise': () => ({ next: () => undefined as never }),
  };
  for (const [what, iterator] of Object.entries(iterators)) {
    it(
      `by an iterator that ${what} errors`,
      inWorld({ handlers: { s: () => ({ [Symbol.asyncIterator]: iterator }) } }, async (world) => {
        const sub = world.subscribe('s');
        await world.settle();
        expect(sub.story).toEqual(['started', 'error']);
      }),
    );
  }
});

describe('a consumer that leaves', () => {
  it('has the generator returned; the final end comes after its finally', () => {
    const cleanup = new Gate();
    const log: string[] = [];
    const handlers = {
      s: async function* ({ signal }: IncomingCall) {
        try {
          yield 1;
          await untilAborted(signal);
        } finally {
          log.push('cleaning');
          await cleanup.promise;
          log.push('clean');
        }
      },
    };
    return inWorld({ handlers }, async (world) => {
      const sub = world.subscribe('s');
      await world.settle();
      sub.subscription.leave();
      await world.settle();
      expect(log).toEqual(['cleaning']);
      expect(world.network.wire.said('client').at(-1)).toEqual([9, 1]);
      expect(world.network.wire.said('server')).toEqual([
        [6, 1],
        [7, 1, 1],
      ]);
      cleanup.open();
      await world.settle();
      expect(log).toEqual(['cleaning', 'clean']);
      expect(world.network.wire.said('server').at(-1)).toEqual([8, 1]);
      expect(sub.story).toEqual(['started', '1']);
    })();
  });

  it('before the stream was started has it returned unpulled, and no started is sent', () => {
    const gate = new Gate();
    const stream = new CountedStream(upTo(10));
    const handlers = { s: () => gate.promise.then(() => stream) };
    return inWorld({ handlers }, async (world) => {
      const sub = world.subscribe('s');
      await world.settle();
      sub.subscription.leave();
      await world.settle();
      gate.open();
      await world.settle();
      expect(stream.pulled).toBe(0);
      expect(stream.returned).toBe(true);
      expect(world.network.wire.said('server')).toEqual([[8, 1]]);
    })();
  });

  it(
    'before the call left sends nothing at all',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      sub.subscription.leave();
      await bench.settle();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'is told nothing more, whatever still arrives',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([[6, 1]]);
      sub.subscription.leave();
      await bench.says([
        [7, 1, 'x'],
        [12, 1, 'dropped'],
        [5, 1, {}],
      ]);
      expect(sub.story).toEqual(['started']);
      expect(bench.connection.state).toBe('open');
    }),
  );

  it(
    'a second time sends no second cancel',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      sub.subscription.leave();
      sub.subscription.leave();
      await bench.settle();
      expect(bench.messages().filter(([kind]) => kind === 9)).toHaveLength(1);
    }),
  );

  it('of a generator that is stuck in its finally does not free its slot', () => {
    const cleanup = new Gate();
    const handlers = {
      s: async function* ({ signal }: IncomingCall) {
        try {
          await untilAborted(signal);
          yield 1;
        } finally {
          await cleanup.promise;
        }
      },
      a: () => 'x',
    };
    return withServer({ limits: { calls: 1 }, handlers }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[9, 1]]);
      await bench.says(socket, [[1, 2, 'a']]);
      expect(bench.messages(socket)).toEqual([
        [6, 1],
        [5, 2, expect.objectContaining({ data: { code: 'TOO_MANY_REQUESTS' } })],
      ]);
      cleanup.open();
      await bench.settle();
      await bench.says(socket, [[1, 3, 'a']]);
      expect(bench.messages(socket).slice(2)).toEqual([
        [8, 1],
        [4, 3, 'x'],
      ]);
    })();
  });
});

describe('a generator that ignores its signal', () => {
  it('keeps its slot until it yields, and its item is not sent', () => {
    const gate = new Gate();
    const handlers = {
      s: async function* () {
        await gate.promise;
        yield 1;
      },
      a: () => 'x',
    };
    return withServer({ limits: { calls: 1 }, handlers }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[9, 1]]);
      await bench.says(socket, [[1, 2, 'a']]);
      expect(bench.messages(socket).map(([kind, id]) => [kind, id])).toEqual([
        [6, 1],
        [5, 2],
      ]);
      gate.open();
      await bench.settle();
      expect(bench.messages(socket).slice(2)).toEqual([[8, 1]]);
    })();
  });
});

describe('a consumer that fails', () => {
  it(
    'is told its own failure and nothing of what else had arrived, and the stream is cancelled',
    inWorld({ handlers: { s: () => new CountedStream(upTo(1000)) } }, async (world) => {
      const sub = world.subscribe('s', undefined, { eager: false });
      await world.settle();
      sub.take(3);
      sub.subscription.fail('callback', new Error('own'));
      sub.take();
      await world.settle();
      expect(sub.story).toEqual(['started', '0', '1', 'fault callback unknown']);
      expect(world.network.wire.said('client').at(-1)).toEqual([9, 1]);
    }),
  );
});

describe('a server that says items are missing', () => {
  it(
    'is heard by a consumer that goes on, in its place',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { survivesGaps: true });
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'a'],
        [12, 1, 'dropped', 5],
        [7, 1, 'b'],
      ]);
      expect(sub.story).toEqual(['started', '"a"', 'gap dropped', '"b"']);
      expect(sub.entries[2]).toMatchObject({ kind: 'gap', count: 5 });
      sub.subscription.leave();
    }),
  );

  it(
    'ends the subscription of a consumer that does not, which is cancelled',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'a'],
        [12, 1, 'dropped', 5],
        [7, 1, 'b'],
      ]);
      expect(sub.story).toEqual(['started', '"a"', 'fault gap unknown']);
      expect(bench.messages().at(-1)).toEqual([9, 1]);
    }),
  );
});

describe('an abort of a subscription', () => {
  it(
    'is the fault, after what had arrived',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      const sub = bench.subscribe('s', undefined, { eager: false, signal: abort.signal });
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'a'],
      ]);
      abort.abort();
      await bench.settle();
      sub.take();
      expect(sub.story.at(-1)).toBe('fault aborted unknown');
      expect(bench.messages().at(-1)).toEqual([9, 1]);
    }),
  );
});
