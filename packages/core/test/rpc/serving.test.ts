import { describe, expect, it } from 'vitest';
import type { Dispatch, IncomingCall } from '../../src/rpc/dispatch.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { withServer } from '../harness/server-bench.ts';

const call = (id: number, path = 'a', options?: { readonly timeout: number }): Frame =>
  options ? [1, id, path, null, options] : [1, id, path];

const coded = (code: string): unknown => expect.objectContaining({ data: { code } });

describe('every call gets exactly one final message', () => {
  it('whatever becomes of it', () => {
    const gate = new Gate<string>();
    const handlers = {
      value: () => 1,
      late: () => gate.promise,
      fails: () => Promise.reject(new Error('why')),
      throws: () => {
        throw new Error('why');
      },
      bigint: () => 1n,
      large: () => 'x'.repeat(2000),
      stream: async function* () {
        yield 1;
      },
    };
    return withServer({ limits: { messageBytes: 1000 }, handlers }, async (bench) => {
      const paths = ['value', 'late', 'fails', 'throws', 'bigint', 'large', 'stream', 'missing'];
      const socket = await bench.enter(
        'a',
        paths.map((path, i) => call(i + 1, path)),
      );
      await bench.says(socket, [[9, 2]]);
      gate.open('late');
      await bench.settle();
      const finals = bench.messages(socket).filter(([kind]) => kind === 4 || kind === 5 || kind === 8);
      expect(finals.map((it) => it[1]).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
      expect(finals.find((it) => it[1] === 2)).toEqual([8, 2]);
    })();
  });

  it(
    'also a query that returns a stream, where the dispatch lets it',
    withServer(
      {
        handlers: {
          a: async function* () {
            yield 1;
          },
        },
      },
      async (bench) => {
        const socket = await bench.enter('a', [call(1)]);
        expect(bench.messages(socket)).toEqual([
          [6, 1],
          [7, 1, 1],
          [8, 1],
        ]);
      },
    ),
  );
});

describe('ids', () => {
  for (const [what, frame] of [
    ['that repeat', [call(1), call(1)]],
    ['that fall', [call(5), call(4)]],
    ['of calls that are over, too', [call(3), call(3)]],
  ] as const) {
    it(
      `${what} are a violation`,
      withServer({ handlers: { a: () => 1 } }, async (bench) => {
        const socket = await bench.enter('a');
        for (const message of frame) await bench.says(socket, [message]);
        expect(socket.closed).toEqual({ code: 4423, reason: 'bad-id' });
        expect(bench.dispatch.ran).toHaveLength(1);
      }),
    );
  }

  it(
    'may leave some out',
    withServer({ handlers: { a: () => 1 } }, async (bench) => {
      const socket = await bench.enter('a', [call(7), call(100), call(Number.MAX_SAFE_INTEGER)]);
      expect(bench.messages(socket)).toHaveLength(3);
    }),
  );

  it(
    'of a call that was turned away count, too',
    withServer({ limits: { calls: 0 }, handlers: { a: () => 1 } }, async (bench) => {
      const socket = await bench.enterInformed('a');
      await bench.says(socket, [call(1)]);
      expect(bench.dispatch.ran).toEqual([]);
      await bench.says(socket, [call(1)]);
      expect(socket.closed?.reason).toBe('bad-id');
    }),
  );
});

describe('calls beyond the limit', () => {
  const gate = new Gate();
  it(
    'are answered with TOO_MANY_REQUESTS and do not run, the others go on',
    withServer({ limits: { calls: 2 }, handlers: { a: () => gate.promise } }, async (bench) => {
      const socket = await bench.enterInformed('a');
      await bench.says(socket, [call(1), call(2), call(3), call(4)]);
      expect(bench.messages(socket)).toEqual([
        [5, 3, coded('TOO_MANY_REQUESTS')],
        [5, 4, coded('TOO_MANY_REQUESTS')],
      ]);
      expect(bench.dispatch.ran).toHaveLength(2);
      gate.open();
      await bench.settle();
      await bench.says(socket, [call(5)]);
      expect(bench.dispatch.ran).toHaveLength(3);
    }),
  );

  it('include the cancelled ones whose handler did not end: open and cancel is no way around', () => {
    const handler = new Gate();
    return withServer({ limits: { calls: 2 }, handlers: { a: () => handler.promise } }, async (bench) => {
      const socket = await bench.enterInformed('a');
      for (let id = 1; id <= 20; id++) await bench.says(socket, [call(id), [9, id]]);
      expect(bench.dispatch.ran).toHaveLength(2);
      handler.open();
    })();
  });
});

describe('a result that cannot be sent', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  for (const [what, value] of [
    ['circular', circular],
    ['a BigInt', { n: 1n }],
  ] as const) {
    it(
      `because it is ${what} is INTERNAL_SERVER_ERROR for its caller alone`,
      withServer({ handlers: { a: () => value, b: () => 'fine' } }, async (bench) => {
        const socket = await bench.enter('a', [call(1), call(2, 'b'), call(3)]);
        const told = bench.messages(socket);
        expect(told).toContainEqual([4, 2, 'fine']);
        expect(told).toContainEqual([5, 1, coded('INTERNAL_SERVER_ERROR')]);
        expect(told).toContainEqual([5, 3, coded('INTERNAL_SERVER_ERROR')]);
        expect(socket.live).toBe(true);
      }),
    );
  }

  it(
    'because it is too large, in bytes, is PAYLOAD_TOO_LARGE',
    withServer(
      {
        limits: { messageBytes: 1000 },
        handlers: { a: () => 'x'.repeat(1000), b: () => '…'.repeat(400), c: () => 'x'.repeat(900) },
      },
      async (bench) => {
        const socket = await bench.enter('a', [call(1, 'a'), call(2, 'b'), call(3, 'c')]);
        expect(bench.messages(socket)).toEqual([
          [5, 1, coded('PAYLOAD_TOO_LARGE')],
          [5, 2, coded('PAYLOAD_TOO_LARGE')],
          [4, 3, 'x'.repeat(900)],
        ]);
      },
    ),
  );

  it(
    'because its error is too large is told so, once',
    withServer(
      { limits: { messageBytes: 300 }, handlers: { a: () => Promise.reject(new Error('x'.repeat(500))) } },
      async (bench) => {
        const socket = await bench.enter('a', [call(1)]);
        expect(bench.messages(socket)).toEqual([[5, 1, coded('PAYLOAD_TOO_LARGE')]]);
      },
    ),
  );
});

describe('answers that nobody takes', () => {
  for (const length of [60_000, 1_000_000]) {
    it(
      `of ${length} characters end the session when they pass 16 MiB`,
      withServer({ handlers: { a: () => 'x'.repeat(length) } }, async (bench) => {
        const socket = await bench.enter('a');
        socket.buffered = 300_000;
        const most = Math.floor(16_777_216 / (length + 20));
        for (let id = 1; id <= most; id++) socket.says([call(id)]);
        await bench.settle();
        expect(socket.live).toBe(true);
        await bench.says(socket, [call(most + 1)]);
        expect(socket.closed).toEqual({ code: 4430, reason: 'overflow' });
      }),
    );
  }

  it('end the session when their bytes pass four values of the largest size', () => {
    const data = new Uint8Array(1_000_000);
    const reply = { kind: 'result', data: null, sections: [{ row: [[], 'u8', data.length], data }] } as const;
    const dispatch: Dispatch = { run: () => Promise.resolve(reply), fail: () => '{}' };
    return withServer({ limits: { valueBytes: 2_000_000 }, dispatch }, async (bench) => {
      const socket = await bench.enter('a');
      socket.buffered = 300_000;
      for (let id = 1; id <= 8; id++) await bench.says(socket, [call(id)]);
      expect(socket.live).toBe(true);
      await bench.says(socket, [call(9)]);
      expect(socket.closed).toEqual({ code: 4430, reason: 'overflow' });
    })();
  });

  it(
    'do not end it while they are few, however small the bytes in a value must be',
    withServer(
      { limits: { valueBytes: 1000 }, handlers: { a: () => 'x'.repeat(100_000) } },
      async (bench) => {
        const socket = await bench.enter('a', [call(1), call(2)]);
        const answer = 'x'.repeat(100_000);
        expect(bench.messages(socket)).toEqual([
          [4, 1, answer],
          [4, 2, answer],
        ]);
      },
    ),
  );

  it('are not the items of streams, however many and large: those wait for the socket', () => {
    const large = (): CountedStream => new CountedStream(upTo(10, () => 'x'.repeat(1_000_000)));
    return withServer({ handlers: { s: large, a: () => 1 } }, async (bench) => {
      const socket = await bench.enter('a');
      socket.buffered = 300_000;
      await bench.says(
        socket,
        Array.from({ length: 40 }, (_, i): Frame => [3, i + 1, 's']),
      );
      await bench.says(socket, [call(41)]);
      expect(socket.live).toBe(true);
    })();
  });
});

describe('cancel and credit', () => {
  it(
    'for ids that are unknown, or over, are ignored',
    withServer({ handlers: { a: () => 1 } }, async (bench) => {
      const socket = await bench.enter('a', [call(1)]);
      await bench.says(socket, [
        [9, 1],
        [9, 99],
        [10, 1, 1],
        [10, 99, 1],
      ]);
      expect(socket.live).toBe(true);
      expect(bench.messages(socket)).toEqual([[4, 1, 1]]);
    }),
  );
});

describe('a call that runs', () => {
  it('has what it came with, and the context of the session', () => {
    const calls: IncomingCall[] = [];
    return withServer(
      { createContext: () => 'context', handlers: { a: (it) => void calls.push(it) } },
      async (bench) => {
        await bench.enter('a', [
          [1, 1, 'a', { x: 1 }],
          [2, 2, 'a', null],
          [3, 3, 'a', null, { void: 1, after: 'e' }],
        ]);
        const told = calls.map(({ type, path, input, after, context }) => [
          type,
          path,
          input,
          after,
          context,
        ]);
        expect(told).toEqual([
          ['query', 'a', { x: 1 }, undefined, 'context'],
          ['mutation', 'a', null, undefined, 'context'],
          ['subscription', 'a', undefined, 'e', 'context'],
        ]);
      },
    )();
  });

  it('is answered in a session of its own: two clients do not see each other', () => {
    const dispatch: Dispatch = {
      run: (it) => Promise.resolve({ kind: 'result', data: it.input }),
      fail: () => '{}',
    };
    return withServer({ dispatch }, async (bench) => {
      const [one, two] = [await bench.enter('a'), await bench.enter('b')];
      one.says([[1, 1, 'a', 'one']]);
      two.says([[1, 1, 'a', 'two']]);
      await bench.settle();
      expect([bench.messages(one), bench.messages(two)]).toEqual([[[4, 1, 'one']], [[4, 1, 'two']]]);
    })();
  });
});
