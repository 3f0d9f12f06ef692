import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import { Gate } from '../harness/gate.ts';
import { inWorld } from '../harness/world.ts';

const limits = { window: 60_000 };

describe('a session with a window', () => {
  it('goes on over another socket: the handler does not notice, and its answer arrives', () => {
    const gate = new Gate();
    const handlers = {
      slow: ({ input, signal }: IncomingCall) => gate.promise.then(() => [input, signal.aborted]),
    };
    return inWorld({ limits, handlers }, async (world) => {
      const before = world.mutation('slow', 1);
      await world.settle();
      world.network.wire.cut();
      const after = world.mutation('slow', 2);
      await world.advance(1000);
      gate.open();
      await world.settle();
      expect(before.told).toEqual([['result', [1, false]]]);
      expect(after.told).toEqual([['result', [2, false]]]);
      expect(world.dispatch.ran.map((it) => it.input)).toEqual([1, 2]);
      expect(world.sessions).toHaveLength(2);
      expect(world.sessions[0]).toBe(world.sessions[1]);
    })();
  });
});
