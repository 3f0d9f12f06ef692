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
      const socket = await bench.enterInformed('a');
      await bench.says(socket, subscribe);
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

describe('an iterator whose next fails when it is given up', () => {
  it('is not over before its return is', () => {
    const cleanup = new Gate();
    const stream = {
      [Symbol.asyncIterator]: () => {
        const pending = new Gate<never>();
        return {
          next: () => pending.promise,
          return: async () => {
            pending.fail(new Error('given up'));
            await cleanup.promise;
            return { done: true, value: undefined };
          },
        };
      },
    };
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[9, 1]]);
      expect(bench.messages(socket)).toEqual([[6, 1]]);
      cleanup.open();
      await bench.settle();
      expect(bench.messages(socket)).toEqual([
        [6, 1],
        [8, 1],
      ]);
      expect(bench.dispatch.failures).toEqual([]);
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
      const socket = await bench.enterInformed('a');
      await bench.says(socket, subscribe);
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

describe('an abort of a subscription', () => {
  it(
    'is all that is told from then on: whoever aborts wants nothing more, not even what has arrived',
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
      expect(sub.story).toEqual(['fault aborted unknown']);
      expect(bench.messages().at(-1)).toEqual([9, 1]);
    }),
  );
});
