import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import type { JsonObject } from '../../src/wire/control.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import { Gate } from '../harness/gate.ts';
import { fault } from '../harness/recorded-call.ts';
import type { RecordedSubscription } from '../harness/recorded-subscription.ts';
import type { WorldOptions } from '../harness/world.ts';
import { inWorld, type World } from '../harness/world.ts';

const window = 60_000;
const limits = { window };

/** Calls that count how often they ran, and a stream; all are told what became of their signals. */
function counting() {
  const ran: unknown[] = [];
  const signals: AbortSignal[] = [];
  const keep = (it: IncomingCall): void => {
    ran.push(it.input);
    signals.push(it.signal);
  };
  const handlers = {
    add: (it: IncomingCall) => {
      keep(it);
      return it.input;
    },
    count: (it: IncomingCall) => {
      keep(it);
      // Items of which a few fill a frame, and all together more than a window.
      return new CountedStream(upTo(30, (n) => [n, 'x'.repeat(20_000)]));
    },
  };
  return { handlers, ran, signals };
}

/** What a consumer of that stream is told, without what fills it. */
function storyOf({ entries }: RecordedSubscription): unknown[] {
  return entries.map((it) => (it.kind === 'item' ? (it.data as unknown[])[0] : it.kind));
}

const counted = ['started', ...Array.from({ length: 30 }, (_, i) => i), 'over'];

/** How a line dies: for both ends, or for one, while the other still believes in it and gets what was under way. */
type Death = 'both' | 'client' | 'server';

function kill(world: World, death: Death): void {
  const { wire } = world.network;
  if (death === 'both') wire.cut();
  else wire[death].gone(1006);
}

/** Lets so many things arrive, one at a time; where nothing is under way, time passes. */
async function steps(world: World, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await world.breathe();
    if (!world.network.step()) await world.clock.advance(world.clock.nextIn ?? 0, () => world.breathe());
  }
}

/** A client that makes calls while its line dies again and again, after so many steps each. */
async function livesThrough(
  deaths: readonly { readonly after: number; readonly death: Death }[],
): Promise<void> {
  const { handlers, ran, signals } = counting();
  // A line that only the client still believes in is found by silence, and that takes its time.
  const patient = { client: { timeoutMs: 600_000 }, limits, handlers };
  await inWorld(patient, async (world) => {
    const inputs = [1, 2];
    const mutations = inputs.map((input) => world.mutation('add', input));
    const query = world.query('add', 'query');
    const stream = world.subscribe('count', 'stream');
    world.network.held = true;
    for (const { after, death } of deaths) {
      await steps(world, after);
      kill(world, death);
      inputs.push(inputs.length + 1);
      mutations.push(world.mutation('add', inputs.length));
    }
    world.network.held = false;
    await world.advance(120_000);
    expect(mutations.map((it) => it.told)).toEqual(inputs.map((it) => [['result', it]]));
    expect(query.told).toEqual([['result', 'query']]);
    expect(storyOf(stream)).toEqual(counted);
    expect(ran).toHaveLength(mutations.length + 2);
    expect(new Set(ran).size).toBe(ran.length);
    expect(signals.map((it) => it.aborted)).toEqual(ran.map(() => false));
    expect(new Set(world.sessions).size).toBe(1);
    expect([world.connection.state, world.host.size]).toEqual(['open', 1]);
  })();
}

describe('calls and streams whose line dies', () => {
  for (const death of ['both', 'client', 'server'] as const) {
    it(`for ${death === 'both' ? 'both ends' : `the ${death}`}, at whatever moment, run once and miss nothing`, async () => {
      for (let after = 0; after < 60; after++) await livesThrough([{ after, death }]);
    });
  }

  it('again and again, at whatever moments, run once and miss nothing', async () => {
    const death = fc.constantFrom<Death>('both', 'client', 'server');
    const deaths = fc.array(fc.record({ after: fc.nat({ max: 40 }), death }), { maxLength: 5 });
    await fc.assert(fc.asyncProperty(deaths, livesThrough), { numRuns: 80 });
  });

  it('with their first hello, may be told that nobody knows; but none runs twice, and queries are answered', async () => {
    for (let after = 0; after < 24; after++) {
      const { handlers, ran } = counting();
      await inWorld({ limits, handlers, client: { lazy: true } }, async (world) => {
        world.network.held = true;
        const mutation = world.mutation('add', 1);
        const query = world.query('add', 2);
        await steps(world, after);
        kill(world, 'both');
        world.network.held = false;
        await world.advance(20_000);
        expect(query.told).toEqual([['result', 2]]);
        const runs = ran.filter((it) => it === 1).length;
        if (mutation.told[0]?.[0] === 'result') expect(runs).toBe(1);
        else {
          expect(mutation.told).toEqual([fault('session-lost', 'unknown', 'expired')]);
          expect(runs).toBe(0);
        }
      })();
    }
  });
});

/** Waits for its signal, and keeps why it fired. */
function waiting(fired: unknown[]): (it: IncomingCall) => Promise<void> {
  return ({ signal }) =>
    new Promise((resolve) =>
      signal.addEventListener('abort', () => {
        fired.push(String(signal.reason));
        resolve();
      }),
    );
}

describe('a handler', () => {
  it('is not told of a drop that is resumed, and is told when its session expires', () => {
    const fired: unknown[] = [];
    return inWorld({ limits, handlers: { wait: waiting(fired) } }, async (world) => {
      const call = world.mutation('wait', undefined, { timeoutMs: 1_000_000 });
      await world.settle();
      world.network.down = true;
      world.network.wire.cut();
      await world.advance(window - 1000);
      world.network.down = false;
      world.connection.retry();
      await world.advance(1000);
      expect([fired, world.connection.state]).toEqual([[], 'open']);
      world.network.down = true;
      world.network.wire.cut();
      await world.advance(window + 1000);
      expect(fired).toEqual([expect.stringContaining('(expired)')]);
      expect(call.told).toEqual([]);
      world.network.down = false;
      world.connection.retry();
      await world.settle();
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'expired')]);
      expect(world.connection.state).toBe('open');
    })();
  });

  it('is told of an abort during an outage when the session goes on, not before', () => {
    const fired: unknown[] = [];
    return inWorld({ limits, handlers: { wait: waiting(fired) } }, async (world) => {
      const abort = new AbortController();
      world.query('wait', undefined, { signal: abort.signal });
      await world.settle();
      world.network.down = true;
      world.network.wire.cut();
      abort.abort();
      await world.advance(10_000);
      expect(fired).toEqual([]);
      world.network.down = false;
      world.connection.retry();
      await world.settle();
      expect(fired).toEqual([expect.stringContaining('cancelled')]);
    })();
  });

  it('is told of its deadline also without a socket', () => {
    const fired: unknown[] = [];
    return inWorld({ limits, handlers: { wait: waiting(fired) } }, async (world) => {
      const call = world.query('wait', undefined, { timeoutMs: 5000 });
      await world.settle();
      world.network.down = true;
      world.network.wire.cut();
      await world.advance(5000);
      expect(fired).toHaveLength(1);
      expect(call.told).toEqual([fault('timeout', 'unknown')]);
      world.network.down = false;
      world.connection.retry();
      await world.settle();
      expect(world.connection.state).toBe('open');
    })();
  });

  it('is told at once when its client closes for good, and when its server ends the session', () => {
    const fired: unknown[] = [];
    return inWorld({ limits, handlers: { wait: waiting(fired) } }, async (world) => {
      world.query('wait');
      await world.settle();
      world.sessions[0]?.close();
      await world.settle();
      expect(fired).toEqual([expect.stringContaining('(ended)')]);
      await world.advance(1000);
      expect(world.sessions).toHaveLength(2);
      expect(world.sessions[1]).not.toBe(world.sessions[0]);
      await world.connection.close();
      await world.settle();
      expect(fired).toHaveLength(2);
      expect(world.host.size).toBe(0);
    })();
  });

  it('that is told so by nobody but itself: a session that was ended while it was absent is gone', () => {
    const fired: unknown[] = [];
    return inWorld({ limits, handlers: { wait: waiting(fired) } }, async (world) => {
      const call = world.mutation('wait');
      await world.settle();
      world.network.down = true;
      world.network.wire.cut();
      await world.settle();
      world.sessions[0]?.close();
      await world.settle();
      expect(fired).toEqual([expect.stringContaining('(ended)')]);
      world.network.down = false;
      world.connection.retry();
      await world.settle();
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'ended')]);
    })();
  });
});

describe('a line that dies unnoticed', () => {
  it('is found by the heartbeat, and what went into the void arrives over the next, once', () => {
    const { handlers, ran } = counting();
    return inWorld({ limits, handlers }, async (world) => {
      world.network.wire.halfOpen = true;
      const call = world.mutation('add', 1);
      const stream = world.subscribe('count', 2);
      await world.advance(16_000);
      expect(world.statuses.find(({ state }) => state === 'waiting')?.reason).toBe('dead');
      expect(call.told).toEqual([['result', 1]]);
      expect(storyOf(stream)).toEqual(counted);
      expect(ran).toEqual([1, 2]);
      expect([world.connection.state, world.host.size]).toEqual(['open', 1]);
    })();
  });

  it('for the server alone: its old socket is silenced when the client is back', () => {
    const { handlers, ran } = counting();
    return inWorld({ limits, handlers }, async (world) => {
      const { wire } = world.network;
      wire.client.gone(1006);
      const call = world.mutation('add', 1);
      await world.advance(1000);
      expect(call.told).toEqual([['result', 1]]);
      expect(ran).toEqual([1]);
      expect(world.network.wires).toHaveLength(2);
      expect(wire.open).toBe(false);
    })();
  });
});

describe('a server that restarted', () => {
  it('knows no session of before: queries are asked again, mutations are unknown, streams go on or tell the gap', () => {
    const gate = new Gate();
    const handlers = {
      wait: () => gate.promise,
      ask: (it: IncomingCall) => it.input,
      forever: () => new CountedStream([{ tracked: '1', data: 'a' }]),
    };
    return inWorld({ limits, handlers }, async (world) => {
      const mutation = world.mutation('wait');
      await world.settle();
      const query = world.query('ask', 5);
      await world.breathe();
      world.restart();
      await world.advance(1000);
      expect(mutation.told).toEqual([fault('session-lost', 'unknown', 'restarted')]);
      expect(query.told).toEqual([['result', 5]]);
      gate.open();
    })();
  });
});

describe('who may have a session again', () => {
  const users = (params: () => JsonObject, more: Partial<WorldOptions> = {}): WorldOptions => ({
    limits,
    client: { params },
    createContext: (given) => given,
    identity: (context) => (context as { user?: string }).user,
    ...more,
  });

  it('is whoever had it: another user is given one of his own, and the session of the first is as it was', () => {
    let user = 'ada';
    const { handlers, ran } = counting();
    const contexts: unknown[] = [];
    const own = {
      ...handlers,
      who: (it: IncomingCall) => {
        contexts.push(it.context);
        return it.context;
      },
    };
    return inWorld(
      users(() => ({ user }), { handlers: own }),
      async (world) => {
        const first = world.query('who');
        await world.settle();
        expect(first.told).toEqual([['result', { user: 'ada' }]]);
        world.network.wire.cut();
        user = 'eve';
        // Asked before anybody knew in whose name: it is asked in nobody's.
        const second = world.query('who');
        await world.advance(1000);
        expect(second.told).toEqual([['fault', 'session-lost', 'not-run', 'refused', undefined]]);
        const third = world.query('who');
        await world.settle();
        expect(third.told).toEqual([['result', { user: 'eve' }]]);
        expect(world.sessions[0]?.signal.aborted).toBe(false);
        expect(world.host.size).toBe(2);
        await world.advance(window + 1000);
        expect(world.sessions[0]?.signal.aborted).toBe(true);
        expect(world.host.size).toBe(1);
        expect(ran).toEqual([]);
      },
    )();
  });

  it('is checked with new credentials at each dial, of which later calls see the last', () => {
    let token = 0;
    const handlers = { who: (it: IncomingCall) => it.context };
    return inWorld(
      users(() => ({ user: 'ada', token: ++token }), { handlers }),
      async (world) => {
        for (const dial of [1, 2, 3]) {
          const call = world.query('who');
          await world.settle();
          expect(call.told).toEqual([['result', { user: 'ada', token: dial }]]);
          world.network.wire.cut();
          await world.advance(10_000);
        }
        expect(new Set(world.sessions).size).toBe(1);
      },
    )();
  });

  it('is not decided by credentials that are refused: calls that left are answered when they are renewed', () => {
    let expired = false;
    const gate = new Gate<string>();
    const options = {
      limits,
      refuseAs: 'unauthorized' as const,
      createContext: (): void => {
        if (expired) throw new Error('expired');
      },
      handlers: { wait: () => gate.promise, a: () => 'x' },
    };
    return inWorld(options, async (world) => {
      const left = world.mutation('wait');
      await world.settle();
      expired = true;
      world.network.wire.cut();
      const unsent = world.mutation('a');
      await world.advance(1000);
      gate.open('answer');
      await world.advance(1000);
      expect(unsent.told).toEqual([fault('refused', 'not-run', 'unauthorized', { message: 'unauthorized' })]);
      expect(left.told).toEqual([]);
      expect(world.host.size).toBe(1);
      expired = false;
      world.connection.retry();
      await world.settle();
      expect(left.told).toEqual([['result', 'answer']]);
      expect(world.dispatch.paths).toEqual(['wait']);
    })();
  });

  it('is decided by trouble no more than by a drop', () => {
    let troubles = 3;
    const { handlers, ran } = counting();
    const options = {
      limits,
      handlers,
      createContext: (): void => {
        if (--troubles < 2 && troubles >= 0) throw new Error('database is away');
      },
    };
    return inWorld(options, async (world) => {
      world.network.wire.cut();
      const call = world.mutation('add', 1);
      await world.advance(30_000);
      expect(call.told).toEqual([['result', 1]]);
      expect(ran).toEqual([1]);
      expect(new Set(world.sessions).size).toBe(1);
      expect(world.statuses.map((it) => it.reason)).toContain('trouble');
    })();
  });
});

describe('a stream over a narrow window', () => {
  it('arrives whole, although neither end may keep more than a few items', async () => {
    const items = fc.array(fc.nat({ max: 900 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(items, fc.array(fc.nat({ max: 30 }), { maxLength: 3 }), async (lengths, cuts) => {
        const handlers = { s: () => new CountedStream(lengths.map((it, i) => `${i} ${'x'.repeat(it)}`)) };
        await inWorld({ limits: { window, windowBytes: 1000 }, handlers }, async (world) => {
          const stream = world.subscribe('s');
          world.network.held = true;
          for (const after of cuts) {
            await steps(world, after);
            kill(world, 'both');
          }
          world.network.held = false;
          await world.advance(55_000);
          expect(stream.items).toEqual(lengths.map((it, i) => `${i} ${'x'.repeat(it)}`));
          expect(stream.over).toBe(true);
        })();
      }),
      { numRuns: 40 },
    );
  });
});
