import { describe, expect, it } from 'vitest';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { welcomeFrame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { fault } from '../harness/recorded-call.ts';
import { inWorld } from '../harness/world.ts';

/** The session is lost and the next one is open. */
async function loses(bench: ClientBench): Promise<void> {
  await bench.dropsAndRedials();
  await bench.welcomes();
}

describe('when an open session is lost', () => {
  it(
    'a mutation in flight rejects: nobody knows whether it ran',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.mutation('a');
      await bench.settle();
      bench.socket.drops();
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'dropped')]);
      await bench.untilNextDial();
      await bench.welcomes();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'a call in no frame moves to the next session, a mutation too',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const calls = [bench.mutation('a'), bench.query('b')];
      await loses(bench);
      expect(bench.messages()).toEqual([
        [2, 1, 'a'],
        [1, 2, 'b'],
      ]);
      await bench.says([
        [4, 1, 'x'],
        [4, 2, 'y'],
      ]);
      expect(calls.map((it) => it.told)).toEqual([[['result', 'x']], [['result', 'y']]]);
    }),
  );

  it(
    'a call that waited for a place among those in flight moves too',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      const first = bench.query('a');
      const queued = bench.mutation('b');
      await bench.settle();
      await loses(bench);
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b']);
      await bench.says([
        [4, 1, 'x'],
        [4, 2, 'y'],
      ]);
      expect([first.told, queued.told]).toEqual([[['result', 'x']], [['result', 'y']]]);
    }),
  );

  it(
    'queries in flight are sent again, as they were, in call order, before anything new',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const calls = ['a', 'b', 'c'].map((path) => bench.query(path, { path }));
      await bench.settle();
      bench.socket.drops();
      calls.push(bench.query('d'));
      await bench.untilNextDial();
      await bench.welcomes();
      expect(bench.messages()).toEqual([
        [1, 1, 'a', { path: 'a' }],
        [1, 2, 'b', { path: 'b' }],
        [1, 3, 'c', { path: 'c' }],
        [1, 4, 'd'],
      ]);
      await bench.says([1, 2, 3, 4].map((id) => [4, id, id]));
      expect(calls.map((it) => it.told)).toEqual([1, 2, 3, 4].map((id) => [['result', id]]));
    }),
  );

  it(
    'a query is sent again once, not on a third session: one that kills the server must not kill the fleet',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a');
      await bench.settle();
      await loses(bench);
      expect(bench.messages()).toHaveLength(1);
      bench.socket.drops();
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'dropped')]);
    }),
  );

  it(
    'a query that was sent again and did not leave a second time moves once more, and is unknown from then on',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      const call = bench.query('a', undefined, { signal: abort.signal });
      await bench.settle();
      await bench.dropsAndRedials();
      await bench.dropsAndRedials();
      await bench.dropsAndRedials();
      expect(call.told).toEqual([]);
      abort.abort();
      expect(call.told).toEqual([fault('aborted', 'unknown')]);
    }),
  );

  it(
    'a query that was answered is not sent again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a');
      await bench.settle();
      await bench.says([[4, 1, 'x']]);
      await loses(bench);
      expect(bench.messages()).toEqual([]);
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'a cancelled query is not sent again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      bench.query('a', undefined, { signal: abort.signal });
      await bench.settle();
      abort.abort();
      await loses(bench);
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'its limits are lost with it: the defaults hold until the next welcome',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { calls: 1 } });
      await bench.dropsAndRedials();
      bench.query('a');
      bench.query('b');
      await bench.opens();
      expect(bench.messages()).toHaveLength(2);
    }),
  );

  it(
    'the reason is told: why the session is lost',
    withClient({}, async (bench) => {
      const lose = async (how: () => Promise<void> | void): Promise<string | undefined> => {
        await bench.welcomes();
        const call = bench.mutation('a');
        await bench.settle();
        await how();
        const [told] = call.told;
        await bench.untilNextDial();
        return told?.[0] === 'fault' ? told[3] : undefined;
      };
      expect(await lose(() => bench.socket.drops())).toBe('dropped');
      expect(await lose(() => bench.socket.drops(1001))).toBe('going-away');
      expect(await lose(() => bench.says(['bye', 'ended']))).toBe('ended');
      expect(await lose(() => bench.says(['nonsense']))).toBe('malformed');
      expect(await lose(() => bench.socket.drops(1009))).toBe('too-large');
    }),
  );

  it(
    'a call that is made by whom the loss is told comes after those that are sent again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const mutation = bench.mutation('a');
      bench.query('b');
      await bench.settle();
      mutation.onTold = () => void bench.query('new');
      await loses(bench);
      expect(bench.messages().map((it) => it[2])).toEqual(['b', 'new']);
    }),
  );

  it(
    'because the line was dead, a mutation is unknown',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.mutation('a');
      await bench.advance(11_000);
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'dead')]);
    }),
  );
});

describe('when welcome is lost', () => {
  it(
    'mutations that went early are unknown, queries are sent again on the new session',
    withClient({}, async (bench) => {
      const query = bench.query('a');
      const mutation = bench.mutation('b');
      await bench.opens();
      await bench.dropsAndRedials();
      expect([query.told, mutation.told]).toEqual([[], []]);
      await bench.opens();
      expect(bench.messages()).toEqual([]);
      await bench.says(['gone', 'off']);
      expect(mutation.told).toEqual([fault('session-lost', 'unknown', 'off')]);
      expect(bench.messages()).toEqual([[1, 1, 'a']]);
      await bench.says(welcomeFrame(), [[4, 1, 'x']]);
      expect(query.told).toEqual([['result', 'x']]);
    }),
  );
});

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
