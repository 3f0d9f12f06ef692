import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Caller, ConnectionOptions } from '../../src/rpc/connection.ts';
import type { Dispatch } from '../../src/rpc/dispatch.ts';
import { upTo } from '../harness/counted-stream.ts';
import { Gate } from '../harness/gate.ts';
import { present } from '../harness/present.ts';
import { Reading } from '../harness/reading.ts';
import { RecordedSubscription } from '../harness/recorded-subscription.ts';
import { procedure, serving } from '../harness/served-world.ts';
import { ServerBench } from '../harness/server-bench.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';
import type { World, WorldOptions } from '../harness/world.ts';
import { inWorld } from '../harness/world.ts';

const input = procedure.input(z.any());

/** What a client serves to its server, and what became of it. */
function client() {
  const signals: AbortSignal[] = [];
  const down = new WatchedSource(upTo(5), 'waits');
  const held = new Gate();
  const hold = async (signal: AbortSignal | undefined): Promise<string> => {
    signals.push(present(signal, 'signal'));
    await held.promise;
    return 'held';
  };
  const dispatch = serving({
    add: input.query(({ input: [a, b] }) => (a as number) + (b as number)),
    fail: procedure.mutation(() => {
      throw new Error('not today');
    }),
    hold: procedure.query(({ signal }) => hold(signal)),
    change: procedure.mutation(({ signal }) => hold(signal)),
    count: procedure.subscription(async function* ({ signal }) {
      for (let n = 0; !signal?.aborted; n++) yield n;
    }),
    double: input.query(async function* ({ input: items }) {
      for await (const n of items as AsyncIterable<number>) yield n * 2;
    }),
    down: procedure.query(() => ({ down })),
    context: procedure.query(({ ctx }) => ctx),
  });
  return { dispatch, signals, down, held };
}

/** A world whose client serves a router; `session` is what the server calls it by. */
function called(
  body: (world: World, session: Caller, served: ReturnType<typeof client>) => Promise<void>,
  options: WorldOptions = {},
): () => Promise<void> {
  const served = client();
  const connection: Partial<Pick<ConnectionOptions, 'timeoutMs'>> & { readonly dispatch: Dispatch } = {
    timeoutMs: 30_000,
    dispatch: served.dispatch,
  };
  return inWorld({ client: connection, ...options }, (world) =>
    body(world, present(world.sessions[0], 'session'), served),
  );
}

describe('a call of a client by its server', () => {
  it(
    'is answered by the client’s router: with a value, or with its error',
    called(async (world, session) => {
      const calls = [
        new ValueCall(session, 'add', [2, 3]),
        new ValueCall(session, 'fail', undefined, { type: 'mutation' }),
        new ValueCall(session, 'nothing'),
        new ValueCall(session, 'context'),
      ];
      await world.settle();
      expect(calls.map(({ told }) => told)).toEqual([
        ['answered'],
        ['not today'],
        ['No "query"-procedure on path "nothing"'],
        ['answered'],
      ]);
      expect([calls[0]?.value, calls[3]?.value]).toEqual([5, {}]);
    }),
  );

  it(
    'is not mixed up with those of the client: both count from 1',
    called(
      async (world, session) => {
        const mine = world.query('add', 1);
        const theirs = new ValueCall(session, 'add', [2, 3]);
        await world.settle();
        expect([mine.told, theirs.value]).toEqual([[['result', 'of the server']], 5]);
      },
      { handlers: { add: () => 'of the server' } },
    ),
  );

  it('of a client without a router is answered as not found', () =>
    inWorld({}, async (world) => {
      const call = new ValueCall(present(world.sessions[0]), 'add', [1, 2]);
      await world.settle();
      expect(call.told).toHaveLength(1);
      expect(call.told[0]).not.toBe('answered');
      expect(world.connection.state).toBe('open');
    })());

  it(
    'may be a subscription, whose source waits for its reader',
    called(async (world, session) => {
      const sub = new RecordedSubscription(session, 'count', undefined, { eager: false });
      await world.settle();
      sub.take(11);
      expect(sub.story.slice(0, 3)).toEqual(['started', '0', '1']);
      sub.subscription.leave();
      await world.settle();
      expect(sub.over).toBe(true);
    }),
  );

  it(
    'may have streams both ways',
    called(async (world, session) => {
      const source = new WatchedSource(upTo(300));
      const call = new ValueCall(session, 'double', source);
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      expect(reading.items).toEqual(Array.from({ length: 300 }, (_, n) => n * 2));
      expect([reading.end, source.endings, call.call.settled]).toEqual(['complete', 1, true]);
    }),
  );

  it(
    'is aborted, and the client’s handler is told',
    called(async (world, session, { signals, held }) => {
      const abort = new AbortController();
      const call = new ValueCall(session, 'hold', undefined, { signal: abort.signal });
      await world.settle();
      abort.abort();
      await world.settle();
      expect([call.told, signals.map((it) => it.aborted)]).toEqual([['aborted unknown'], [true]]);
      held.open();
    }),
  );

  it(
    'passes its deadline at both ends',
    called(async (world, session, { signals, held }) => {
      const call = new ValueCall(session, 'hold', undefined, { timeoutMs: 2000 });
      await world.advance(1999);
      expect(call.told).toEqual([]);
      await world.advance(1);
      expect([call.told, signals.map((it) => it.aborted)]).toEqual([['timeout unknown'], [true]]);
      held.open();
    }),
  );

  it(
    'times out after silence, as a client’s does, and what is waited for without end does not',
    called(async (world, session, { held }) => {
      const call = new ValueCall(session, 'hold');
      const patient = new ValueCall(session, 'hold', undefined, { timeoutMs: Number.POSITIVE_INFINITY });
      await world.advance(29_000);
      expect(call.told).toEqual([]);
      await world.advance(3000);
      expect([call.told, patient.told]).toEqual([['timeout unknown'], []]);
      held.open();
      await world.settle();
      expect(patient.told).toEqual(['answered']);
    }),
  );

  it(
    'of which nobody is left to be told is not looked after: the streams of a result may be silent',
    called(async (world, session, { down }) => {
      const call = new ValueCall(session, 'down');
      await world.settle();
      const reading = new Reading(call.stream);
      await world.advance(600_000);
      expect([reading.items.length, reading.end]).toEqual([5, 'open']);
      await call.stream.return();
      await world.settle();
      expect(down.endings).toBe(1);
    }),
  );
});

describe('a call of a client that has no socket', () => {
  const limits = { window: 60_000 };

  it(
    'waits for it, and is made when it is back',
    called(
      async (world, session) => {
        world.network.down = true;
        world.network.wire.cut();
        await world.settle();
        const call = new ValueCall(session, 'add', [2, 3]);
        await world.advance(5000);
        expect(call.told).toEqual([]);
        world.network.down = false;
        await world.advance(20_000);
        expect(call.value).toBe(5);
      },
      { limits },
    ),
  );

  it(
    'times out after silence as not run, and is not made when the client is back',
    called(
      async (world, session, { signals, held }) => {
        world.network.down = true;
        world.network.wire.cut();
        await world.settle();
        const call = new ValueCall(session, 'hold');
        await world.advance(32_000);
        expect(call.told).toEqual(['timeout not-run']);
        world.network.down = false;
        await world.advance(25_000);
        expect([world.connection.state, signals]).toEqual(['open', []]);
        held.open();
      },
      { limits },
    ),
  );

  it(
    'goes on where it was, with its streams, when the session is resumed',
    called(
      async (world, session) => {
        const source = new WatchedSource(upTo(1000));
        const call = new ValueCall(session, 'double', source);
        await world.settle();
        const reading = new Reading(call.stream);
        world.network.wire.cut();
        await world.advance(5000);
        expect([reading.items.length, reading.end]).toEqual([1000, 'complete']);
      },
      { limits },
    ),
  );
});

describe('a call of a client whose session ends', () => {
  it(
    'rejects as lost, is not made again, and its sources are given up',
    called(async (world, session, { signals, held }) => {
      const again = { type: 'mutation', idempotent: true } as const;
      const calls = [new ValueCall(session, 'hold'), new ValueCall(session, 'change', undefined, again)];
      const source = new WatchedSource(upTo(3), 'waits');
      const duplex = new ValueCall(session, 'double', source);
      await world.settle();
      const reading = new Reading(duplex.stream);
      await world.settle();
      world.network.wire.cut();
      await world.advance(5000);
      for (const { told } of calls) expect(told).toEqual(['session-lost unknown off']);
      expect([reading.items, reading.end]).toEqual([[0, 2, 4], 'session-lost unknown off']);
      expect(source.endings).toBe(1);
      expect([world.sessions.length, signals.length]).toEqual([2, 2]);
      expect(signals.every((it) => it.aborted)).toBe(true);
      held.open();
    }),
  );

  it(
    'and was in no frame yet rejects as not run',
    called(
      async (world, session) => {
        world.network.down = true;
        world.network.wire.cut();
        await world.settle();
        const source = new WatchedSource(upTo(3));
        const call = new ValueCall(session, 'double', source);
        await world.advance(6000);
        expect(call.told).toEqual(['session-lost not-run expired']);
        expect([source.pulled, source.endings]).toEqual([0, 1]);
        world.network.down = false;
      },
      { limits: { window: 5000 } },
    ),
  );

  it(
    'rejects at once when it is made after that, and its sources are given up',
    called(async (world, session) => {
      const { signal } = present(world.sessions[0]);
      present(world.sessions[0]).close();
      await world.settle();
      expect(signal.aborted).toBe(true);
      const source = new WatchedSource(upTo(3));
      const call = new ValueCall(session, 'double', source);
      expect(call.told).toEqual(['session-lost not-run ended']);
      await world.settle();
      expect([source.pulled, source.endings]).toEqual([0, 1]);
    }),
  );

  it(
    'ends a subscription of the server with its fault',
    called(async (world, session) => {
      const sub = new RecordedSubscription(session, 'count', undefined, { eager: false });
      await world.settle();
      world.network.wire.cut();
      await world.advance(1000);
      sub.take();
      expect(sub.story.at(-1)).toBe('fault session-lost unknown');
    }),
  );
});

describe('a server that has called two clients', () => {
  it('rejects what one owes for too long, and lets go of its timers when both are gone', async () => {
    const sessions: Caller[] = [];
    const bench = new ServerBench({
      createContext: (_request, _params, session) => void sessions.push(session),
    });
    const sockets = [await bench.enter('a'), await bench.enter('b')];
    const calls = sessions.map((session) => new ValueCall(session, 'x'));
    await bench.settle();
    await bench.says(present(sockets[0]), [[4, 1, 'y']]);
    // The other says nothing of its call, but lives.
    for (let i = 0; i < 5; i++) {
      await bench.advance(7000);
      for (const [index, socket] of sockets.entries()) socket.says(['pong', index === 0 ? 1 : 0, 1]);
    }
    expect(calls.map(({ told }) => told)).toEqual([['answered'], ['timeout unknown']]);
    expect(sockets.map(({ live }) => live)).toEqual([true, true]);
    await bench.finish();
  });
});
