import { describe, expect, it } from 'vitest';
import { Gate } from '../harness/gate.ts';
import { fault } from '../harness/recorded-call.ts';
import { inWorld } from '../harness/world.ts';

describe('between a real client and a real server', () => {
  it('a mutation runs at most once, over any number of drops', () => {
    const gate = new Gate();
    let ran = 0;
    const handlers = {
      add: async () => {
        ran++;
        await gate.promise;
      },
    };
    return inWorld({ handlers }, async (world) => {
      const call = world.mutation('add');
      await world.settle();
      expect(ran).toBe(1);
      for (let i = 0; i < 4; i++) {
        world.network.wire.cut();
        await world.advance(40_000);
        expect(world.connection.state).toBe('open');
      }
      gate.open();
      await world.settle();
      expect(ran).toBe(1);
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'dropped')]);
    })();
  });

  it('a query is answered over a drop, and its first handler is aborted', () => {
    const signals: AbortSignal[] = [];
    const gate = new Gate<string>();
    const handlers = {
      ask: ({ signal }: { signal: AbortSignal }) => {
        signals.push(signal);
        return gate.promise;
      },
    };
    return inWorld({ handlers }, async (world) => {
      const call = world.query('ask');
      await world.settle();
      world.network.wire.cut();
      await world.advance(1000);
      expect(signals.map((it) => it.aborted)).toEqual([true, false]);
      gate.open('answer');
      await world.settle();
      expect(call.told).toEqual([['result', 'answer']]);
    })();
  });

  it(
    'a call made while the server is away is made when it is back',
    inWorld({ handlers: { a: () => 'x' } }, async (world) => {
      world.network.down = true;
      world.network.wire.cut();
      await world.settle();
      const call = world.mutation('a');
      await world.advance(5000);
      expect(call.told).toEqual([]);
      world.network.down = false;
      await world.advance(10_000);
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'a server that restarted is told apart, and serves what was not sent',
    inWorld({ handlers: { a: () => 'x' } }, async (world) => {
      world.restart();
      const call = world.query('a');
      await world.advance(1000);
      expect(call.told).toEqual([['result', 'x']]);
      expect(world.connection.state).toBe('open');
    }),
  );

  it('a half-open line is found dead at both ends, and what ran is aborted', () => {
    let aborted = 0;
    const handlers = {
      wait: ({ signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            aborted++;
            reject(signal.reason);
          }),
        ),
    };
    return inWorld({ handlers }, async (world) => {
      const call = world.mutation('wait');
      await world.settle();
      world.network.wire.halfOpen = true;
      await world.advance(16_000);
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'dead')]);
      expect(aborted).toBe(1);
      await world.advance(1000);
      expect(world.connection.state).toBe('open');
      expect(world.host.size).toBe(1);
    })();
  });

  it(
    'a client whose credentials are refused after a drop rejects what waits, and its session is gone',
    inWorld(
      {
        handlers: { a: () => 'x' },
        refuseAs: 'unauthorized',
        createContext: () => {
          if (++dials > 1) throw new Error('expired');
        },
      },
      async (world) => {
        world.network.wire.cut();
        const call = world.query('a');
        await world.advance(1000);
        expect(call.told).toEqual([fault('refused', 'not-run', 'unauthorized', { message: 'unauthorized' })]);
        expect(world.connection.status).toMatchObject({ state: 'waiting', retryAt: undefined });
        expect(world.host.size).toBe(0);
      },
    ),
  );
  let dials = 0;
});
