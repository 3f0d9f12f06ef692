import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/wire/limits.ts';
import { expectClosed } from '../harness/expect-closed.ts';
import type { Frame } from '../harness/frames.ts';
import { helloFrame, secretOf } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { withServer } from '../harness/server-bench.ts';

const call = (id: number, path = 'greet'): Frame => [[2, id, path]];
const handlers = { greet: () => 'hi' };

describe('a hello that is right', () => {
  it(
    'is answered by one welcome with counts and limits',
    withServer({ limits: { calls: 7 } }, async (bench) => {
      const socket = await bench.enter('a');
      expect(socket.frames).toHaveLength(1);
      expect(socket.frames[0]).toEqual([
        'welcome',
        {
          session: expect.stringMatching(/^.{12}$/),
          server: expect.stringMatching(/^.{8}$/),
          resumed: false,
          sent: 0,
          received: 0,
          limits: { ...defaultLimits, calls: 7 },
        },
      ]);
      expect(bench.host.size).toBe(1);
    }),
  );

  it('gives the context its request and params, once for the dial', () => {
    const asked: unknown[] = [];
    const createContext = (request: string, params: unknown): void => void asked.push([request, params]);
    return withServer({ createContext }, async (bench) => {
      const socket = bench.visit('the request');
      await bench.says(socket, helloFrame({ params: { token: 't' } }));
      const bare = bench.visit('another');
      await bench.says(bare, helloFrame({ secret: secretOf('b') }));
      expect(asked).toEqual([
        ['the request', { token: 't' }],
        ['another', {}],
      ]);
    })();
  });

  it('never says the secret back, nor its digest', () =>
    withServer({}, async (bench) => {
      const socket = await bench.enter('secret');
      expect(socket.texts.join()).not.toContain(secretOf('secret'));
    })());
});

describe('frames that follow hello at once', () => {
  it('are held until the context exists, then carried out in order, after welcome', () => {
    const gate = new Gate<string>();
    const contexts: unknown[] = [];
    const own = { greet: (it: { context: unknown }) => void contexts.push(it.context) };
    return withServer({ createContext: () => gate.promise, handlers: own }, async (bench) => {
      const socket = await bench.enter('a', call(1), call(2));
      expect(bench.dispatch.ran).toEqual([]);
      expect(socket.frames).toEqual([]);
      gate.open('context');
      await bench.settle();
      expect(contexts).toEqual(['context', 'context']);
      expect(socket.frames.map(([first]) => first)).toEqual(['welcome', [4, 1]]);
      expect(socket.frames[1]).toEqual([
        [4, 1],
        [4, 2],
      ]);
    })();
  });

  it(
    'count from 1, like all others',
    withServer({ handlers }, async (bench) => {
      const socket = await bench.enter('a', call(1), call(2));
      await bench.says(socket, ['ping', 2, 1]);
      expect(socket.frames.at(-1)).toEqual(['pong', 1, 2]);
    }),
  );

  it('may hold more calls than the server takes: nobody had told the client', () => {
    const gate = new Gate();
    const options = { createContext: () => gate.promise, handlers, limits: { calls: 1 } };
    return withServer(options, async (bench) => {
      const socket = await bench.enter('a', call(1), call(2), call(3));
      gate.open();
      await bench.settle();
      expect(bench.messages(socket)).toEqual([1, 2, 3].map((id) => [4, id, 'hi']));
    })();
  });

  for (const name of ['ack', 'ping', 'pong']) {
    it(`may hold no more than that once the client has said ${name}: it has seen welcome`, () => {
      const gate = new Gate();
      const own = { greet: () => gate.promise };
      return withServer({ handlers: own, limits: { calls: 1 } }, async (bench) => {
        const socket = await bench.enter('a', call(1));
        await bench.says(socket, call(2));
        expect(bench.messages(socket)).toEqual([]);
        await bench.says(socket, [name, 2, 0], call(3));
        expect(bench.messages(socket)).toEqual([
          [5, 3, expect.objectContaining({ data: { code: 'TOO_MANY_REQUESTS' } })],
        ]);
        gate.open();
      })();
    });
  }

  it('may hold no more than that after 64 KiB, which is all that can be early', () => {
    const gate = new Gate();
    const own = { greet: () => gate.promise };
    return withServer({ handlers: own, limits: { calls: 1 } }, async (bench) => {
      const socket = await bench.enter('a');
      for (let id = 1; id <= 4; id++) await bench.says(socket, [[2, id, 'greet', 'x'.repeat(20_000)]]);
      expect(bench.messages(socket).map(([, id]) => id)).toEqual([4]);
      gate.open();
    })();
  });

  it('may hold larger messages than the server takes, until the client was told', () =>
    withServer({ handlers, limits: { messageBytes: 1000, frameBytes: 2000 } }, async (bench) => {
      const large = (id: number): Frame => [[2, id, 'greet', 'x'.repeat(3000)]];
      const socket = await bench.enter('a', large(1));
      await bench.says(socket, large(2));
      expect(bench.messages(socket)).toEqual([
        [4, 1, 'hi'],
        [4, 2, 'hi'],
      ]);
      await bench.says(socket, ['ack', 2, 2], large(3));
      expectClosed(socket, 'too-large');
    })());

  it('that are sent again on another socket are measured as they were: they were built before welcome', () => {
    const opened = new Gate();
    let dials = 0;
    const createContext = (): unknown => (++dials === 1 ? opened.promise : undefined);
    const small = { window: 60_000, calls: 1, messageBytes: 1000, frameBytes: 2000 };
    const gate = new Gate<string>();
    const own = { greet: () => gate.promise };
    const large = (id: number): Frame => [[2, id, 'greet', 'x'.repeat(3000)]];
    return withServer({ handlers: own, limits: small, createContext }, async (bench) => {
      // Of what follows its hello nothing arrives.
      const first = await bench.enter('a');
      first.drops();
      opened.open();
      await bench.settle();
      const again = await bench.resume('a', { sent: 3 });
      await bench.says(again, large(1), ['ping', 1, 0], large(2), large(3));
      gate.open('hi');
      await bench.settle();
      expect(bench.messages(again)).toEqual([1, 2, 3].map((id) => [4, id, 'hi']));
      await bench.says(again, ['ping', 3, 1], large(4));
      expectClosed(again, 'too-large');
    })();
  });

  it('may hold no more than that once the client was told', () => {
    const gate = new Gate();
    const own = { greet: () => gate.promise };
    return withServer({ handlers: own, limits: { calls: 1 } }, async (bench) => {
      const socket = await bench.enter('a');
      for (let id = 1; id <= 40; id++) await bench.says(socket, call(id));
      expect(bench.messages(socket).length).toBeGreaterThan(20);
      for (const it of bench.messages(socket))
        expect(it[2]).toMatchObject({ data: { code: 'TOO_MANY_REQUESTS' } });
      gate.open();
    })();
  });

  it('may be 16 frames', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      await bench.enter('a', ...Array.from({ length: 16 }, (_, i) => call(i + 1)));
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toHaveLength(16);
    })();
  });

  it('are too many at 17, and none is carried out', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const socket = await bench.enter('a', ...Array.from({ length: 17 }, (_, i) => call(i + 1)));
      expectClosed(socket, 'too-many');
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
      expect(bench.host.size).toBe(0);
    })();
  });

  it('may be 64 KiB of UTF-8, and not a byte more', () => {
    const gate = new Gate();
    const frame = (bytes: number): Frame => {
      const empty = JSON.stringify([[2, 1, 'greet', '']]).length;
      const room = bytes - empty;
      return [[2, 1, 'greet', 'x'.repeat(room % 3) + '…'.repeat(Math.floor(room / 3))]];
    };
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const right = await bench.enter('a', frame(65_536));
      const wrong = await bench.enter('b', frame(65_537));
      expect(right.live).toBe(true);
      expectClosed(wrong, 'too-many');
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toHaveLength(1);
    })();
  });
});

describe('a context that is refused', () => {
  const options = {
    handlers,
    createContext: () => Promise.reject(new Error('no')),
    refuse: (failure: unknown) => ({
      name: 'unauthorized' as const,
      error: { message: (failure as Error).message },
    }),
  };

  it(
    'is told with its error, and nothing that was sent is carried out',
    withServer(options, async (bench) => {
      const socket = await bench.enter('a', call(1));
      expectClosed(socket, 'unauthorized', { message: 'no' });
      expect(bench.dispatch.ran).toEqual([]);
      expect(bench.host.size).toBe(0);
    }),
  );

  it(
    'also when it throws at once',
    withServer(
      {
        ...options,
        createContext: () => {
          throw new Error('no');
        },
      },
      async (bench) => expectClosed(await bench.enter('a'), 'unauthorized', { message: 'no' }),
    ),
  );

  it(
    'leaves its secret free for another dial',
    withServer(options, async (bench) => {
      await bench.enter('a');
      const again = await bench.enter('a');
      expectClosed(again, 'unauthorized', { message: 'no' });
    }),
  );
});
