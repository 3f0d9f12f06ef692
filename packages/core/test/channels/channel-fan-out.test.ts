import type { TRPCDataTransformer } from '@trpc/server';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channel } from '../../src/channels/index.ts';
import { routerDispatch } from '../../src/trpc/router-dispatch.ts';
import type { Frame } from '../harness/frames.ts';
import { messagesOf } from '../harness/frames.ts';
import { procedure, servedWorld } from '../harness/served-world.ts';
import { withServer } from '../harness/server-bench.ts';
import type { World } from '../harness/world.ts';

const items = (messages: readonly Frame[]): readonly Frame[] => messages.filter(([kind]) => kind === 7);

/** A world with a channel of numbers. */
function withNumbers(body: (world: World, numbers: Numbers) => Promise<void>): () => Promise<void> {
  const numbers = open();
  const s = procedure.subscription(() => numbers.subscribe());
  return servedWorld({ s }, {}, (world) => body(world, numbers));
}

type Numbers = ReturnType<typeof open>;
const open = () => channel({ event: z.number() });

describe('an event for a thousand sessions', () => {
  it('is serialised once, and each gets it under its own id', () => {
    let serialised = 0;
    const transformer: TRPCDataTransformer = {
      deserialize: superjson.deserialize,
      serialize: (value) => {
        serialised++;
        return superjson.serialize(value);
      },
    };
    const made = channel({ event: z.object({ at: z.date(), photo: z.instanceof(Uint8Array) }), transformer });
    const t = initTRPC.create({ transformer });
    const router = t.router({ s: t.procedure.subscription(() => made.subscribe()) });
    const dispatch = routerDispatch({ router, onError: () => {} });
    return withServer({ dispatch }, async (bench) => {
      const sockets = Array.from({ length: 1_000 }, (_, i) => {
        const socket = bench.visit();
        const hello = { mode: 'open', secret: `${i}`.padEnd(43, 'x'), dial: 1, sent: 0, received: 0 };
        socket.says(['hello', hello], [[3, i + 1, 's']]);
        return socket;
      });
      await bench.settle();
      expect(made.subscribers).toBe(1_000);
      serialised = 0;
      const id = await made.publish({ at: new Date(5), photo: new Uint8Array([1, 2]) });
      await bench.settle();
      expect(serialised).toBe(1);
      const { json, meta } = superjson.serialize({ at: new Date(5), photo: null });
      for (const [i, socket] of sockets.entries()) {
        expect(items(messagesOf(socket.frames))).toEqual([
          [7, i + 1, { json, meta }, id, { bytes: [[['photo'], 'u8', 2]] }],
        ]);
      }
    })();
  });
});

describe('a subscription of a channel in a world', () => {
  it(
    'that is left is not in its channel any more',
    withNumbers(async (world, numbers) => {
      const sub = world.subscribe('s');
      await world.settle();
      expect(numbers.subscribers).toBe(1);
      sub.subscription.leave();
      await world.settle();
      expect(numbers.subscribers).toBe(0);
    }),
  );

  it(
    'waits for who is slow, without keeping anything for it, and goes on with what there is',
    withNumbers(async (world, numbers) => {
      const sub = world.subscribe('s', undefined, { eager: false, survivesGaps: true });
      await world.settle();
      for (let n = 1; n <= 3_000; n++) await numbers.publish(n);
      await world.settle();
      const told: number[] = [];
      while (sub.take(10) > 0) await world.settle();
      for (const item of sub.items) told.push(item as number);
      expect(sub.story.filter((word) => word.startsWith('gap'))).toEqual(['gap dropped']);
      const after = told.findIndex((n, i) => n !== i + 1);
      expect(told.slice(0, after)).toEqual(Array.from({ length: after }, (_, i) => i + 1));
      expect(told.slice(after)).toEqual(Array.from({ length: 1_000 }, (_, i) => 2_001 + i));
      const gap = sub.entries.find((entry) => entry.kind === 'gap');
      expect(gap).toMatchObject({ reason: 'dropped', count: 2_000 - after });
      sub.subscription.leave();
    }),
  );
});
