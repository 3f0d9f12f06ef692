import { describe, expect, it } from 'vitest';
import { inWorld } from '../harness/world.ts';

const window = { window: 60_000 };

describe('a session with a window', () => {
  it(
    'goes on over another socket: the handler does not notice, and its answer arrives',
    inWorld(
      {
        limits: window,
        handlers: { slow: ({ input, signal }) => new Promise((resolve) => setTimeout(() => resolve([input, signal.aborted]), 0)) },
      },
      async (world) => {
        const before = world.mutation('slow', 1);
        await world.breathe();
        world.network.wire.cut();
        const after = world.mutation('slow', 2);
        await world.advance(1000);
        expect(before.told).toEqual([['result', [1, false]]]);
        expect(after.told).toEqual([['result', [2, false]]]);
        expect(world.dispatch.ran.map((it) => it.input)).toEqual([1, 2]);
        expect(world.sessions[0]).toBe(world.sessions[1]);
      },
    ),
  );
});
