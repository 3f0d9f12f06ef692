import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import { inWorld } from '../harness/world.ts';

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
        [12, 1, 'expired'],
        [7, 1, 'b'],
      ]);
      expect(sub.story).toEqual(['started', '"a"', 'fault gap unknown']);
      expect(bench.messages().at(-1)).toEqual([9, 1]);
    }),
  );

  it(
    'because its procedure dropped them does not end the subscription of a consumer that does not care',
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
      expect(sub.story).toEqual(['started', '"a"', '"b"']);
      expect(bench.messages()).toEqual([[3, 1, 's']]);
      sub.subscription.leave();
    }),
  );
});
