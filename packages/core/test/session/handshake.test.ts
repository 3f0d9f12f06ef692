import { describe, expect, it } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { closeCodes } from '../../src/wire/close-codes.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import type { Frame } from '../harness/frames.ts';
import { controlsOf, helloFrame, parse, secretOf } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';
import { withServer } from '../harness/server-bench.ts';

const call = (id: number, path = 'greet'): Frame => [[2, id, path]];
const handlers = { greet: () => 'hi' };

function expectClosed(socket: ScriptedSocket, name: CloseName, error?: object): void {
  expect(socket.frames.at(-1)).toEqual(error ? ['bye', name, error] : ['bye', name]);
  expect(socket.closed).toEqual({ code: closeCodes[name].code, reason: name });
}

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

describe('a socket that does not keep to the handshake is closed', () => {
  const first: readonly (readonly [what: string, data: string | Uint8Array, name: CloseName])[] = [
    ['data before hello', '[[2,1,"greet"]]', 'unexpected'],
    ['a ping before hello', '["ping",0,0]', 'unexpected'],
    ['a welcome', '["welcome",{}]', 'malformed'],
    ['no JSON', 'GET / HTTP/1.1', 'malformed'],
    ['no array', '{"hello":1}', 'malformed'],
    ['an empty array', '[]', 'malformed'],
    ['an unknown control frame', '["hi"]', 'malformed'],
    ['bytes', new Uint8Array([1, 2, 3]), 'malformed'],
    ['a hello with counts', JSON.stringify(helloFrame({ sent: 1 })), 'malformed'],
    ['a hello of dial 0', JSON.stringify(helloFrame({ dial: 0 })), 'malformed'],
    ['a hello that is too long', JSON.stringify(helloFrame({ server: 'x'.repeat(70_000) })), 'too-large'],
  ];
  for (const [what, data, name] of first) {
    it(
      what,
      withServer({ handlers }, async (bench) => {
        const socket = bench.visit();
        socket.saysRaw(data);
        await bench.settle();
        expectClosed(socket, name);
        socket.says(helloFrame());
        await bench.settle();
        expect(bench.host.size).toBe(0);
        expect(socket.frames).toHaveLength(1);
      }),
    );
  }

  it(
    'a hello that is too long in bytes of UTF-8',
    withServer({}, async (bench) => {
      const socket = bench.visit();
      await bench.says(socket, helloFrame({ server: '…'.repeat(30_000) }));
      expectClosed(socket, 'too-large');
    }),
  );

  it('a second hello while the context is made', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const socket = await bench.enter('a', call(1), helloFrame({ secret: secretOf('b') }));
      expectClosed(socket, 'unexpected');
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
      expect(bench.host.size).toBe(0);
    })();
  });

  it(
    'a second hello after welcome',
    withServer({ handlers }, async (bench) => {
      const socket = await bench.enter('a');
      await bench.says(socket, helloFrame({ secret: secretOf('b'), dial: 2 }));
      expectClosed(socket, 'unexpected');
      expect(bench.host.size).toBe(0);
    }),
  );

  it('bytes, or what is no frame, while the context is made', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise }, async (bench) => {
      const bytes = await bench.enter('a');
      bytes.saysRaw(new Uint8Array(3));
      const control = await bench.enter('b');
      control.saysRaw('["hola"]');
      await bench.settle();
      expectClosed(bytes, 'malformed');
      expectClosed(control, 'malformed');
      gate.open();
    })();
  });

  it('held data that turn out to be no frame, and what followed them is not carried out', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const socket = await bench.enter('a', call(1));
      socket.saysRaw('[[2,2');
      socket.says(call(3));
      gate.open();
      await bench.settle();
      expectClosed(socket, 'malformed');
      expect(bench.dispatch.ran).toHaveLength(1);
    })();
  });
});

describe('a socket that says nothing', () => {
  it(
    'is closed when the handshake is over, not before',
    withServer({}, async (bench) => {
      const socket = bench.visit();
      await bench.advance(9999);
      expect(socket.live).toBe(true);
      await bench.advance(1001);
      expectClosed(socket, 'handshake-timeout');
    }),
  );

  it(
    'is not closed by a sweep that comes late: its hello may lie unread',
    withServer({}, async (bench) => {
      const socket = bench.visit();
      bench.clock.sleep(60_000);
      await bench.advance(0);
      expect(socket.live).toBe(true);
      await bench.says(socket, helloFrame());
      expect(controlsOf(socket.frames, 'welcome')).toHaveLength(1);
    }),
  );

  it('may wait for its context longer than that', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const socket = await bench.enter('a', call(1));
      await bench.advance(60_000);
      expect(socket.live).toBe(true);
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toHaveLength(1);
    })();
  });
});

describe('open with the secret of a session that exists', () => {
  it(
    'is refused, and the known session is not touched',
    withServer({ handlers }, async (bench) => {
      const known = await bench.enter('a');
      const second = await bench.enter('a', call(1));
      expectClosed(second, 'known-secret');
      await bench.says(known, call(1));
      expect(bench.messages(known)).toEqual([[4, 1, 'hi']]);
      expect(bench.dispatch.ran).toHaveLength(1);
    }),
  );
});

describe('resume, where nothing is kept', () => {
  const resume = (fields = {}): Frame => helloFrame({ mode: 'resume', dial: 2, ...fields });

  it(
    'is answered by gone, and the socket may open another session',
    withServer({ handlers }, async (bench) => {
      const socket = bench.visit();
      await bench.says(socket, resume({ sent: 5, received: 6 }));
      expect(socket.frames).toEqual([['gone', 'off']]);
      await bench.says(socket, helloFrame({ secret: secretOf('new'), dial: 3 }), call(1));
      expect(socket.frames[1]?.[0]).toBe('welcome');
      expect(bench.messages(socket)).toEqual([[4, 1, 'hi']]);
    }),
  );

  it(
    'is told when the server is another one than the client knew',
    withServer({}, async (bench) => {
      const known = await bench.enter('a');
      const [, { server }] = parse(known.texts[0] ?? '') as unknown as [string, { server: string }];
      const same = bench.visit();
      await bench.says(same, resume({ secret: secretOf('x'), server }));
      const other = bench.visit();
      await bench.says(other, resume({ secret: secretOf('x'), server: 'other' }));
      expect(same.frames).toEqual([['gone', 'off']]);
      expect(other.frames).toEqual([['gone', 'restarted']]);
    }),
  );

  it(
    'after gone may not be said again',
    withServer({}, async (bench) => {
      const socket = bench.visit();
      await bench.says(socket, resume());
      await bench.says(socket, resume({ dial: 3 }));
      expectClosed(socket, 'unexpected');
    }),
  );

  it(
    'after gone has the whole handshake again',
    withServer({}, async (bench) => {
      const socket = bench.visit();
      await bench.advance(9000);
      await bench.says(socket, resume());
      await bench.advance(9000);
      expect(socket.live).toBe(true);
      await bench.advance(2000);
      expectClosed(socket, 'handshake-timeout');
    }),
  );

  it(
    'of a live session with a higher dial silences its old socket, which is dropped',
    withServer({ handlers, createContext: (_, __, it) => it }, async (bench) => {
      const old = await bench.enter('a');
      const fresh = bench.visit();
      await bench.says(fresh, resume({ secret: secretOf('a') }));
      expect(fresh.frames).toEqual([['gone', 'off']]);
      expect(old.terminated).toBe(true);
      expect(controlsOf(old.frames, 'bye')).toEqual([]);
      expect(bench.host.size).toBe(0);
      await bench.says(old, call(1));
      expect(bench.dispatch.ran).toEqual([]);
    }),
  );

  it(
    'of a live session with a dial that is not higher is stale, and changes nothing',
    withServer({ handlers }, async (bench) => {
      const live = await bench.enter('a');
      for (const dial of [1]) {
        const late = bench.visit();
        await bench.says(late, resume({ secret: secretOf('a'), dial }));
        expectClosed(late, 'stale-dial');
      }
      await bench.says(live, call(1));
      expect(bench.messages(live)).toEqual([[4, 1, 'hi']]);
    }),
  );
});

describe('a socket that is gone while the context is made', () => {
  it('because its client dialled anew takes its session with it, and what was held never runs', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const old = await bench.enter('a', call(1));
      const fresh = bench.visit();
      await bench.says(fresh, helloFrame({ mode: 'resume', secret: secretOf('a'), dial: 2, sent: 1 }));
      expect(fresh.frames).toEqual([['gone', 'off']]);
      expect(old.terminated).toBe(true);
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
      expect(old.frames).toEqual([]);
    })();
  });

  it('takes its session with it, and what was held never runs', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const socket = await bench.enter('a', call(1));
      socket.drops();
      expect(bench.host.size).toBe(0);
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
      expect(socket.frames).toEqual([]);
    })();
  });

  it('or says bye', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const socket = await bench.enter('a', call(1), ['bye', 'closed']);
      expect(socket.live).toBe(false);
      expect(bench.host.size).toBe(0);
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
    })();
  });
});
