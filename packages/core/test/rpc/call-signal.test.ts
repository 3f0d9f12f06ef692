import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import type { Frame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import type { ServerOptions } from '../harness/server-bench.ts';
import { withServer } from '../harness/server-bench.ts';

const call = (id: number, path = 'a', options?: { readonly timeout: number }): Frame =>
  options ? [1, id, path, null, options] : [1, id, path];

const coded = (code: string): unknown => expect.objectContaining({ data: { code } });

describe('the signal of a call', () => {
  /** Runs a handler that keeps its call; the call is told by `fired` and `read`. */
  function keeping(calls: IncomingCall[], gate: Gate, reads: boolean): ServerOptions {
    return {
      handlers: {
        a: (it) => {
          calls.push(it);
          if (reads) void it.signal;
          return gate.promise;
        },
      },
    };
  }
  const setUp = (reads = true): { calls: IncomingCall[]; gate: Gate; options: ServerOptions } => {
    const calls: IncomingCall[] = [];
    const gate = new Gate();
    return { calls, gate, options: keeping(calls, gate, reads) };
  };

  it('fires on cancel, once, with an AbortError', () => {
    const { calls, gate, options } = setUp();
    return withServer(options, async (bench) => {
      const socket = await bench.enter('a', [call(1)]);
      expect(calls[0]?.signal.aborted).toBe(false);
      await bench.says(socket, [[9, 1]]);
      const reason = calls[0]?.signal.reason;
      expect(reason).toMatchObject({ name: 'AbortError' });
      await bench.says(socket, [[9, 1]]);
      expect(calls[0]?.signal.reason).toBe(reason);
      gate.open();
    })();
  });

  it('fires on the deadline', () => {
    const { calls, gate, options } = setUp();
    return withServer(options, async (bench) => {
      await bench.enter('a', [call(1, 'a', { timeout: 500 })]);
      await bench.advance(499);
      expect(calls[0]?.signal.aborted).toBe(false);
      await bench.advance(1);
      expect(calls[0]?.signal.aborted).toBe(true);
      gate.open();
    })();
  });

  for (const [what, ends] of [
    ['a dropped socket', 'drop'],
    ['a bye', 'bye'],
    ['a violation', 'violation'],
    ['the closing of the host', 'host'],
  ] as const) {
    it(`fires at the end of the session, such as by ${what}`, () => {
      const { calls, gate, options } = setUp();
      return withServer(options, async (bench) => {
        const socket = await bench.enter('a', [call(1)]);
        if (ends === 'drop') socket.drops();
        else if (ends === 'bye') socket.says(['bye', 'closed']);
        else if (ends === 'violation') socket.says(['hola']);
        else bench.host.close();
        expect(calls[0]?.signal.aborted).toBe(true);
        gate.open();
        await bench.settle();
        expect(bench.messages(socket)).toEqual([]);
      })();
    });
  }

  it('does not fire when the call is answered, nor at anything after that', () => {
    const { calls, gate, options } = setUp();
    return withServer(options, async (bench) => {
      const socket = await bench.enter('a', [call(1, 'a', { timeout: 500 })]);
      gate.open();
      await bench.settle();
      await bench.says(socket, [[9, 1]]);
      await bench.advance(1000);
      socket.drops();
      expect(calls[0]?.signal.aborted).toBe(false);
    })();
  });

  it('is the same at every reading, and fired for one who reads it late', () => {
    const { calls, gate, options } = setUp(false);
    return withServer(options, async (bench) => {
      const socket = await bench.enter('a', [call(1)]);
      await bench.says(socket, [[9, 1]]);
      expect(calls[0]?.signal.aborted).toBe(true);
      expect(calls[0]?.signal).toBe(calls[0]?.signal);
      gate.open();
    })();
  });

  it('is not made when nobody reads it', async () => {
    const real = globalThis.AbortController;
    let made = 0;
    globalThis.AbortController = class extends real {
      constructor() {
        super();
        made++;
      }
    };
    try {
      const { gate, options } = setUp(false);
      await withServer(options, async (bench) => {
        const socket = await bench.enter('a', [call(1), call(2), call(3)]);
        await bench.says(socket, [[9, 2]]);
        gate.open();
        await bench.settle();
        expect(bench.messages(socket)).toHaveLength(3);
      })();
      expect(made).toBe(0);
    } finally {
      globalThis.AbortController = real;
    }
  });
});

describe('a deadline', () => {
  it('is answered with TIMEOUT when the handler has ended, whatever it gave', () => {
    const gates = [new Gate<number>(), new Gate<number>()];
    return withServer({ handlers: { a: () => gates.shift()?.promise } }, async (bench) => {
      const [first, second] = gates;
      const socket = await bench.enter('a', [call(1, 'a', { timeout: 500 }), call(2, 'a', { timeout: 500 })]);
      await bench.advance(500);
      expect(bench.messages(socket)).toEqual([]);
      first?.open(1);
      second?.fail(new Error('aborted'));
      await bench.settle();
      expect(bench.messages(socket)).toEqual([
        [5, 1, coded('TIMEOUT')],
        [5, 2, coded('TIMEOUT')],
      ]);
    })();
  });

  it('further away than any timer is none', () => {
    const gate = new Gate();
    return withServer({ handlers: { a: () => gate.promise } }, async (bench) => {
      const far = [2 ** 31, Number.MAX_SAFE_INTEGER];
      const socket = await bench.enter(
        'a',
        far.map((timeout, i) => call(i + 1, 'a', { timeout })),
      );
      await bench.advance(1000);
      expect(bench.messages(socket)).toEqual([]);
      gate.open();
      await bench.settle();
      expect(bench.messages(socket)).toHaveLength(2);
    })();
  });

  it('leaves no timer behind at the end of the session, though the handler runs on', () => {
    const gate = new Gate();
    return withServer({ handlers: { a: () => gate.promise } }, async (bench) => {
      const socket = await bench.enter('a', [call(1, 'a', { timeout: 500_000 })]);
      socket.drops();
      bench.host.close();
      expect(bench.clock.armed).toBe(0);
      gate.open();
    })();
  });

  it('of a stream returns its generator and is answered with TIMEOUT', () => {
    const handlers = {
      s: async function* ({ signal }: IncomingCall) {
        yield 1;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    };
    return withServer({ handlers }, async (bench) => {
      const socket = await bench.enter('a', [[3, 1, 's', null, { timeout: 500 }]]);
      await bench.advance(500);
      expect(bench.messages(socket).at(-1)).toEqual([5, 1, coded('TIMEOUT')]);
    })();
  });

  it('that passes after a cancel changes nothing: the call still ends bare, and nothing failed', () => {
    const gates = [new Gate(), new Gate()];
    const handlers = {
      a: () => gates[0]?.promise,
      s: async function* () {
        await gates[1]?.promise;
        yield 1;
      },
    };
    return withServer({ handlers }, async (bench) => {
      const timeout = { timeout: 500 };
      const socket = await bench.enter('a', [call(1, 'a', timeout), [3, 2, 's', null, timeout]]);
      await bench.says(socket, [
        [9, 1],
        [9, 2],
      ]);
      await bench.advance(1000);
      for (const gate of gates) gate.open();
      await bench.settle();
      expect(bench.messages(socket)).toEqual([
        [6, 2],
        [8, 1],
        [8, 2],
      ]);
      expect(bench.dispatch.failures).toEqual([]);
    })();
  });
});
