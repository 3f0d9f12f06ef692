import { initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channel, channels } from '../../src/channels/index.ts';
import { routerDispatch } from '../../src/trpc/router-dispatch.ts';
import type { Frame } from '../harness/frames.ts';
import { procedure, serving } from '../harness/served-world.ts';
import { withServer } from '../harness/server-bench.ts';
import { numberOf } from './taking.ts';

const items = (messages: readonly Frame[]): readonly Frame[] => messages.filter(([kind]) => kind === 7);
const subscribe: Frame = [[3, 1, 's']];

/** A channel, and the one procedure that returns its subscription. */
function served(keep?: { readonly events: number }) {
  const numbers = channel({ event: z.number(), keep });
  const publish = async (...events: readonly number[]): Promise<void> => {
    for (const event of events) await numbers.publish(event);
  };
  return { numbers, publish, procedures: { s: procedure.subscription(() => numbers.subscribe()) } };
}

describe('a procedure that returns a subscription of a channel', () => {
  it('says where it is before there is an event, and each event as it comes', () => {
    const { publish, procedures } = served();
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      await publish(1);
      const socket = await bench.enter('a', subscribe);
      const id = (number: number): unknown => expect.stringMatching(new RegExp(`^[0-9a-z]+\\.${number}$`));
      expect(bench.messages(socket)).toEqual([
        [6, 1],
        [11, 1, id(1)],
      ]);
      await publish(2, 3);
      await bench.settle();
      expect(bench.messages(socket).slice(2)).toEqual([
        [7, 1, 2, id(2)],
        [7, 1, 3, id(3)],
      ]);
    })();
  });

  it('is fed without being iterated', () => {
    const { numbers, publish } = served();
    const iterated = () => {
      throw new Error('Somebody iterated it');
    };
    const procedures = {
      s: procedure.subscription(() =>
        Object.assign(numbers.subscribe(), { [Symbol.asyncIterator]: iterated }),
      ),
    };
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await publish(1);
      await bench.settle();
      expect(items(bench.messages(socket))).toHaveLength(1);
    })();
  });

  it('may be asynchronous, and behind middlewares that give it on', () => {
    const { numbers, publish } = served();
    const procedures = {
      s: procedure.use(({ next }) => next()).subscription(() => Promise.resolve(numbers.subscribe())),
    };
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await publish(1);
      await bench.settle();
      expect(items(bench.messages(socket))).toHaveLength(1);
    })();
  });

  it('is in the channel from when it is read until the call is over, and not a moment longer', () => {
    const { numbers, procedures } = served();
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      expect(numbers.subscribers).toBe(1);
      await bench.says(socket, [[9, 1]]);
      expect(numbers.subscribers).toBe(0);
      expect(bench.messages(socket).at(-1)).toEqual([8, 1]);
      await bench.says(socket, [[3, 2, 's']]);
      expect(numbers.subscribers).toBe(1);
      socket.drops();
      await bench.settle();
      expect(numbers.subscribers).toBe(0);
    })();
  });

  it('is not read at all when the call was cancelled meanwhile', () => {
    const { numbers } = served();
    let calls = 0;
    const procedures = {
      s: procedure.subscription(async ({ signal }) => {
        calls++;
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        return numbers.subscribe();
      }),
    };
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[9, 1]]);
      expect([calls, numbers.subscribers]).toEqual([1, 0]);
      expect(bench.messages(socket)).toEqual([[8, 1]]);
    })();
  });

  it('ends when the channel is closed, after what was published', () => {
    const { numbers, publish, procedures } = served();
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await publish(1);
      numbers.close();
      await bench.settle();
      expect(bench.messages(socket).slice(2)).toEqual([
        [7, 1, 1, expect.any(String)],
        [8, 1],
      ]);
    })();
  });

  it('of a channel that is closed is an error', () => {
    const { numbers, procedures } = served();
    numbers.close();
    const failures: string[] = [];
    return withServer({ dispatch: serving(procedures, failures) }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      expect(bench.messages(socket).at(-1)?.slice(0, 2)).toEqual([5, 1]);
      expect(failures).toEqual(['The channel is closed']);
    })();
  });

  it('fails with what its snapshot throws, and with what a subscriber is told who fell behind', () => {
    const numbers = channel({ event: z.number(), keep: { events: 2 } });
    const failures: string[] = [];
    const procedures = {
      snapshot: procedure.subscription(() =>
        numbers.subscribe({ snapshot: () => Promise.reject(new Error('no state')) }),
      ),
      error: procedure.subscription(() => numbers.subscribe({ overflow: 'error' })),
    };
    return withServer({ dispatch: serving(procedures, failures) }, async (bench) => {
      const socket = await bench.enter('a', [[3, 1, 'snapshot']], [[3, 2, 'error']]);
      for (let n = 0; n < 64; n++) await numbers.publish(n);
      await bench.settle();
      for (let n = 0; n < 3; n++) await numbers.publish(n);
      await bench.says(socket, [[10, 2, 64]]);
      expect(failures).toEqual(['no state', 'The subscriber fell behind its channel']);
      const errors = bench.messages(socket).filter(([kind]) => kind === 5);
      expect(errors.map(([, id, shape]) => [id, shape])).toEqual([
        [1, expect.objectContaining({ message: 'no state' })],
        [2, expect.objectContaining({ data: expect.objectContaining({ code: 'TOO_MANY_REQUESTS' }) })],
      ]);
      expect(numbers.subscribers).toBe(0);
    })();
  });

  it('sends its window and no more, and tells what was missed when there is room again', () => {
    const { publish, procedures } = served({ events: 10 });
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      for (let n = 1; n <= 100; n++) await publish(n);
      await bench.settle();
      expect(items(bench.messages(socket))).toHaveLength(64);
      await bench.says(socket, [[10, 1, 64]]);
      const rest = bench.messages(socket).slice(66);
      expect(rest.slice(0, 2)).toEqual([
        [12, 1, 'dropped', 26],
        [11, 1, expect.stringMatching(/\.90$/)],
      ]);
      expect(rest.slice(2).map((item) => item[2])).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
    })();
  });

  for (const [what, large] of Object.entries({
    'a message': 'x'.repeat(2_000),
    'one that would travel in parts': 'x'.repeat(100_000),
    'the bytes of one': new Uint8Array(2_000),
  })) {
    it(`tells an event that is too large for the other end, as ${what}, and goes on`, () => {
      const events = channel({ event: z.unknown() });
      const procedures = { s: procedure.subscription(() => events.subscribe()) };
      const limits = { messageBytes: 1_000, valueBytes: 1_000 };
      return withServer({ dispatch: serving(procedures), limits }, async (bench) => {
        const socket = await bench.enter('a', subscribe);
        for (const event of ['before', large, 'after']) await events.publish(event);
        await bench.settle();
        await events.publish('later');
        await bench.settle();
        expect(bench.messages(socket).slice(2)).toEqual([
          [7, 1, 'before', expect.any(String)],
          [12, 1, 'dropped', 1],
          // A session that is lost now does not make up for it again.
          [11, 1, expect.any(String)],
          [7, 1, 'after', expect.any(String)],
          [7, 1, 'later', expect.any(String)],
        ]);
        expect(events.subscribers).toBe(1);
      })();
    });
  }

  it('continues after the cursor that came beside the input, whatever its schema does with it', () => {
    const numbers = channel({ event: z.number() });
    const inputs: Record<string, unknown> = {};
    const of = (schema: z.ZodType) =>
      procedure.input(schema).subscription(({ input, path }) => {
        inputs[path] = input;
        return numbers.subscribe();
      });
    const procedures = {
      strips: of(z.object({ room: z.string() })),
      rejects: of(z.strictObject({ room: z.string() })),
      keeps: of(z.object({ room: z.string(), lastEventId: z.string() })),
      none: procedure.subscription(() => numbers.subscribe()),
    };
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      const after = await numbers.publish(1);
      await numbers.publish(2);
      const socket = await bench.enter('a');
      const calls = Object.keys(procedures).map(
        (path, i): Frame => [3, i + 1, path, { room: 'x' }, { after }],
      );
      await bench.says(socket, calls);
      const told = bench.messages(socket).filter(([kind]) => kind !== 6);
      expect(told.map(([kind, id, data]) => [kind, id, data])).toEqual(
        expect.arrayContaining([1, 2, 3, 4].map((id) => [7, id, 2])),
      );
      expect(told).toHaveLength(4);
      const bare = { room: 'x' };
      expect(inputs).toEqual({ strips: bare, rejects: bare, keeps: { ...bare, lastEventId: after } });
    })();
  });

  it('passes by whatever buffers subscriptions', () => {
    const { numbers } = served();
    const t = initTRPC.meta<{ buffer: { limit: number; overflow: 'error' } }>().create();
    const router = t.router({
      s: t.procedure
        .meta({ buffer: { limit: 1, overflow: 'error' } })
        .subscription(() => numbers.subscribe({ replay: 1_000 })),
    });
    return withServer({ dispatch: routerDispatch({ router, onError: () => {} }) }, async (bench) => {
      for (let n = 1; n <= 500; n++) await numbers.publish(n);
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 64, 1_000]]);
      expect(items(bench.messages(socket))).toHaveLength(500);
    })();
  });

  it('may be one of many at once on one session, each of its own channel', () => {
    const rooms = channels({ event: z.string() });
    const procedures = {
      s: procedure.input(z.string()).subscription(({ input }) => rooms.at(input).subscribe()),
    };
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      const calls = Array.from({ length: 50 }, (_, i): Frame => [3, i + 1, 's', `room ${i}`]);
      const socket = await bench.enter('a', calls);
      for (let i = 49; i >= 0; i--) await rooms.at(`room ${i}`).publish(`to ${i}`);
      await bench.settle();
      const got = items(bench.messages(socket)).map(([, id, data]) => [id, data]);
      expect(got).toEqual(Array.from({ length: 50 }, (_, i) => [50 - i, `to ${49 - i}`]));
    })();
  });

  it('that loops over it instead sends the same', () => {
    const { numbers, publish } = served();
    const procedures = {
      s: procedure.subscription(async function* () {
        for await (const event of numbers.subscribe({ replay: 10 })) yield event;
      }),
    };
    return withServer({ dispatch: serving(procedures) }, async (bench) => {
      await publish(1, 2);
      const socket = await bench.enter('a', subscribe);
      numbers.close();
      await bench.settle();
      const messages = bench.messages(socket);
      expect(items(messages).map(([, , data, id]) => [data, numberOf(`${id}`)])).toEqual([
        [1, '1'],
        [2, '2'],
      ]);
      expect(messages.at(-1)).toEqual([8, 1]);
    })();
  });
});
