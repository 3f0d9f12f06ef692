import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ClientOptions } from '../harness/client-bench.ts';
import { ClientBench } from '../harness/client-bench.ts';
import { upTo } from '../harness/counted-stream.ts';
import { procedure, servedWorld } from '../harness/served-world.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';

/** How a call with a stream in its input comes to its end, and what its caller is told of it. */
interface Ending {
  readonly name: string;
  readonly told: string;
  readonly options?: ClientOptions;
  /** Makes the call, and lets it come to its end. */
  readonly run: (bench: ClientBench, make: Make) => Promise<void> | void;
  /** Whether the source may have been read; otherwise it was not. */
  readonly read?: boolean;
}

type Make = (options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number }) => void;

const endings: readonly Ending[] = [
  {
    name: 'was aborted before it was made',
    told: 'aborted not-run',
    run: (_, make) => make({ signal: AbortSignal.abort() }),
  },
  {
    name: 'is made on a closed connection',
    told: 'closed not-run',
    run: async ({ connection }, make) => {
      await connection.close();
      make();
    },
  },
  {
    name: 'is aborted in the turn in which it was made',
    told: 'aborted not-run',
    run: async (bench, make) => {
      await bench.welcomes();
      const abort = new AbortController();
      make({ signal: abort.signal });
      abort.abort();
    },
  },
  {
    name: 'is aborted while there is no line',
    told: 'aborted not-run',
    run: async (bench, make) => {
      const abort = new AbortController();
      make({ signal: abort.signal });
      await bench.settle();
      abort.abort();
    },
  },
  {
    name: 'has more streams than the other end takes',
    told: 'too-large not-run',
    run: async (bench, make) => {
      await bench.welcomes({ limits: { calls: 1 } });
      make();
    },
  },
  {
    name: 'turns out to be too large when the limits are known',
    told: 'too-large not-run',
    run: async (bench, make) => {
      await bench.opens();
      bench.query('fill', 'x'.repeat(65_000));
      make();
      await bench.says(['welcome', { ...welcome, limits: { messageBytes: 40 } }]);
    },
  },
  {
    name: 'is too large by limits that are known',
    told: 'too-large not-run',
    run: async (bench, make) => {
      await bench.welcomes({ limits: { messageBytes: 40 } });
      make();
    },
  },
  {
    name: 'is one too many in the queue',
    told: 'queue-full not-run',
    options: { timeoutMs: Number.POSITIVE_INFINITY },
    run: async (bench, make) => {
      for (let i = 0; i < 20; i++) bench.query('a', 'x'.repeat(1024 * 1024));
      make();
    },
  },
  {
    name: 'is aborted in the queue',
    told: 'aborted not-run',
    run: async (bench, make) => {
      await bench.welcomes({ limits: { calls: 2 } });
      bench.query('a');
      bench.query('b');
      const abort = new AbortController();
      make({ signal: abort.signal });
      await bench.settle();
      abort.abort();
    },
  },
  {
    name: 'times out in silence, without a line',
    told: 'timeout not-run',
    run: async (bench, make) => {
      make();
      await bench.advance(31_000);
    },
  },
  {
    name: 'is refused with its connection',
    told: 'refused not-run unauthorized',
    run: async (bench, make) => {
      make();
      await bench.opens();
      await bench.says(['bye', 'unauthorized', { message: 'No' }]);
      bench.socket.drops(4401);
      await bench.settle();
    },
    // It left early, with the hello.
    read: true,
  },
  {
    name: 'is answered',
    told: 'answered',
    run: async (bench, make) => {
      await bench.welcomes();
      make();
      await bench.settle();
      await bench.says([[4, 1, 'x']]);
    },
    read: true,
  },
  {
    name: 'is answered by an error',
    told: 'No',
    run: async (bench, make) => {
      await bench.welcomes();
      make();
      await bench.settle();
      await bench.says([[5, 1, { message: 'No' }]]);
    },
    read: true,
  },
  {
    name: 'is ended by its callee',
    told: 'ended',
    run: async (bench, make) => {
      await bench.welcomes();
      make();
      await bench.settle();
      await bench.says([[8, 1]]);
    },
    read: true,
  },
  {
    name: 'is answered after its streams were cancelled',
    told: 'answered',
    run: async (bench, make) => {
      await bench.welcomes();
      make();
      await bench.settle();
      await bench.says([
        [9, -1],
        [9, -2],
        [9, -1],
      ]);
      await bench.says([[4, 1, 'x']]);
    },
    read: true,
  },
  {
    name: 'is aborted on its way',
    told: 'aborted unknown',
    run: async (bench, make) => {
      await bench.welcomes();
      const abort = new AbortController();
      make({ signal: abort.signal });
      await bench.settle();
      abort.abort();
    },
    read: true,
  },
  {
    name: 'passes its deadline',
    told: 'timeout unknown',
    run: async (bench, make) => {
      await bench.welcomes();
      make({ timeoutMs: 1000 });
      await bench.advance(1000);
    },
    read: true,
  },
  {
    name: 'is lost with its session',
    told: 'session-lost unknown dropped',
    run: async (bench, make) => {
      await bench.welcomes();
      make();
      await bench.settle();
      bench.socket.drops();
      await bench.settle();
    },
    read: true,
  },
  {
    name: 'is on a connection that is closed',
    told: 'closed unknown',
    run: async (bench, make) => {
      await bench.welcomes();
      make();
      await bench.settle();
      await bench.connection.close();
    },
    read: true,
  },
];

const welcome = { session: 'S', server: 'K', resumed: false, sent: 0, received: 0 };

describe('the sources of a call’s input are let go of, each once, when the call', () => {
  for (const { name, told, options = {}, run, read = false } of endings) {
    it(name, async () => {
      const bench = new ClientBench(options);
      await bench.settle();
      const sources = [new WatchedSource(upTo(3), 'waits'), new WatchedSource([], 'waits')];
      const calls: ValueCall[] = [];
      await run(bench, (callOptions) => {
        calls.push(new ValueCall(bench.connection, 'a', { sources, more: 'some text' }, callOptions));
      });
      await bench.settle();
      expect(calls.map((call) => call.told)).toEqual([[told]]);
      expect(sources.map(({ returns, endings }) => [returns, endings])).toEqual([
        [1, 1],
        [1, 1],
      ]);
      if (!read) expect(sources[0]?.pulled).toBe(0);
      await bench.connection.close();
      await bench.settle();
      expect(sources.map((it) => it.endings)).toEqual([1, 1]);
    });
  }
});

/** How a result with a stream does not come to its caller. */
const unsent: readonly { readonly name: string; readonly told: RegExp; readonly beside: unknown }[] = [
  { name: 'cannot be serialised', told: /could not be serialised/, beside: 1n },
  {
    name: 'is larger than its caller takes',
    told: /larger than the caller accepts/,
    beside: 'x'.repeat(3000),
  },
  {
    name: 'has more bytes than its caller takes',
    told: /larger than the caller accepts/,
    beside: new Uint8Array(3000),
  },
];

describe('the sources of a result are let go of, each once and unread, when the result', () => {
  const limits = { messageBytes: 2000, valueBytes: 2000, calls: 2 };

  for (const { name, told, beside } of unsent) {
    it(name, () => {
      const sources = [new WatchedSource(upTo(3)), new WatchedSource([], 'waits')];
      const a = procedure.query(() => ({ sources, beside }));
      const b = procedure.query(() => [new WatchedSource([1]), new WatchedSource([2])]);
      return servedWorld({ a, b }, { limits }, async (world) => {
        const call = new ValueCall(world.connection, 'a');
        await world.settle();
        expect(call.told[0]).toMatch(told);
        expect(sources.map((it) => [it.pulled, it.endings])).toEqual([
          [0, 1],
          [0, 1],
        ]);
        // Their places are free.
        const after = new ValueCall(world.connection, 'b');
        await world.settle();
        expect(after.told).toEqual(['answered']);
      })();
    });
  }

  it('has one that cannot be begun', () => {
    const first = new WatchedSource([], 'waits');
    const locked = new ReadableStream();
    locked.getReader();
    const a = procedure.query(() => [first, locked]);
    return servedWorld({ a }, { limits }, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      expect(call.told[0]).toMatch(/locked/);
      expect([first.pulled, first.endings]).toEqual([0, 1]);
    })();
  });

  it('has more streams than its caller takes', () => {
    const sources = Array.from({ length: 3 }, () => new WatchedSource(upTo(3)));
    const procedures = { a: procedure.query(() => sources), two: procedure.query(() => sources.slice(0, 0)) };
    return servedWorld(procedures, { limits }, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      expect(call.told).toEqual(['Too many streams are under way']);
      expect(sources.map((it) => [it.pulled, it.endings])).toEqual([
        [0, 1],
        [0, 1],
        [0, 1],
      ]);
      expect(world.connection.state).toBe('open');
    })();
  });

  it('is of a session that was lost meanwhile', () => {
    const sources = [new WatchedSource(upTo(1000), 'waits')];
    let finish = (): void => {};
    const slow = procedure.input(z.any()).mutation(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return sources;
    });
    return servedWorld({ slow }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'slow', 1, { type: 'mutation' });
      await world.settle();
      world.network.wire.cut();
      await world.advance(1000);
      finish();
      await world.settle();
      expect(call.told).toEqual(['session-lost unknown dropped']);
      expect(sources.map((it) => [it.pulled, it.endings])).toEqual([[0, 1]]);
    })();
  });
});
