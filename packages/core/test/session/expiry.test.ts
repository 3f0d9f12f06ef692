import { describe, expect, it } from 'vitest';
import type { ServerSession } from '../../src/rpc/host.ts';
import type { Frame } from '../harness/frames.ts';
import { helloFrame, secretOf } from '../harness/frames.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';
import type { ServerBench } from '../harness/server-bench.ts';
import { withServer } from '../harness/server-bench.ts';

const window = 60_000;
const limits = { window };
const call: Frame = [[2, 1, 'greet']];

/** The last socket of a session, and how long that lasts after it. */
async function lasts(bench: ServerBench, drop: (socket: ScriptedSocket) => void, ms: number): Promise<void> {
  const socket = await bench.enter('a');
  drop(socket);
  await bench.settle();
  if (ms > 0) {
    await bench.advance(ms - 1);
    expect(bench.host.size).toBe(1);
    // The sweep, which ends it, comes within a second.
    await bench.advance(1001);
  }
  expect(bench.host.size).toBe(0);
}

describe('how long a session lasts without a socket', () => {
  for (const code of [1005, 1006, 1011, 3000, 4000, 4401, 4403, 4500, 4999]) {
    it(
      `the window, after ${code}`,
      withServer({ limits }, (bench) => lasts(bench, (socket) => socket.drops(code), window)),
    );
  }

  for (const code of [1000, 1001]) {
    it(
      `5 s, after ${code} without a bye: a page that was reloaded leaves no ghost`,
      withServer({ limits }, (bench) => lasts(bench, (socket) => socket.drops(code), 5000)),
    );

    it(
      `no longer than the window, after ${code}`,
      withServer({ limits: { window: 2000 } }, (bench) => lasts(bench, (it) => it.drops(code), 2000)),
    );
  }

  it(
    'longer than 5 s after 1001, where so many may have been closed at once that their redials are spread',
    withServer({ limits: { window, spread: 4000 } }, (bench) => lasts(bench, (it) => it.drops(1001), 8000)),
  );

  for (const code of [1009, 4410, 4413, 4420, 4422]) {
    it(
      `not at all, after ${code}: it says that the session is over, with a bye or without`,
      withServer({ limits }, (bench) => lasts(bench, (socket) => socket.drops(code), 0)),
    );
  }

  it(
    'not at all, after a bye that says closed, whatever the close that follows it says',
    withServer({ limits }, (bench) =>
      lasts(
        bench,
        (socket) => {
          socket.says(['bye', 'closed']);
          socket.drops(1006);
        },
        0,
      ),
    ),
  );

  it(
    'the window, when the server finds its line dead',
    withServer({ limits }, async (bench) => {
      const socket = await bench.enter('a');
      await bench.advance(15_000);
      expect(socket.terminated).toBe(true);
      await bench.advance(window - 2000);
      expect(bench.host.size).toBe(1);
      await bench.advance(3000);
      expect(bench.host.size).toBe(0);
    }),
  );

  it(
    'anew from each time that it loses one',
    withServer({ limits }, async (bench) => {
      const first = await bench.enter('a');
      first.drops();
      await bench.advance(window - 1000);
      const second = await bench.resume('a');
      await bench.advance(1000);
      second.drops();
      await bench.advance(window - 1000);
      expect(bench.host.size).toBe(1);
      const third = await bench.resume('a', { dial: 3 });
      third.drops(1001);
      await bench.advance(6000);
      expect(bench.host.size).toBe(0);
    }),
  );

  it(
    'for ever while it has one, however often it was absent before',
    withServer({ limits }, async (bench) => {
      const first = await bench.enter('a');
      first.drops(1001);
      await bench.advance(4000);
      const again = await bench.resume('a');
      for (let i = 0; i < 20; i++) {
        await bench.advance(9000);
        await bench.says(again, ['pong', 0, 0]);
      }
      expect(bench.host.size).toBe(1);
      expect(again.live).toBe(true);
    }),
  );

  it('after which its handlers are told, not before', () => {
    const fired: unknown[] = [];
    const sessions: ServerSession[] = [];
    const handlers = {
      greet: ({ signal }: { signal: AbortSignal }) =>
        new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => {
            fired.push(String(signal.reason));
            resolve();
          }),
        ),
    };
    const createContext = (_: string, __: unknown, session: ServerSession): void => {
      sessions.push(session);
    };
    return withServer({ limits, handlers, createContext }, async (bench) => {
      const socket = await bench.enter('a', call);
      socket.drops();
      await bench.advance(window - 1);
      expect([fired, sessions[0]?.signal.aborted]).toEqual([[], false]);
      await bench.advance(1001);
      expect(fired).toEqual([expect.stringContaining('(expired)')]);
      expect(sessions[0]?.signal.aborted).toBe(true);
    })();
  });

  it('0: a drop ends it, and its handlers are told at once', () => {
    const fired: unknown[] = [];
    const handlers = {
      greet: ({ signal }: { signal: AbortSignal }) =>
        new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => {
            fired.push(String(signal.reason));
            resolve();
          }),
        ),
    };
    return withServer({ handlers }, async (bench) => {
      const socket = await bench.enter('a', call);
      socket.drops();
      expect(fired).toHaveLength(1);
      expect(bench.host.size).toBe(0);
    })();
  });
});

describe('a session that is over', () => {
  const ends: Readonly<Record<string, (bench: ServerBench, socket: ScriptedSocket) => Promise<void> | void>> =
    {
      ended: (bench, socket) => bench.says(socket, ['bye', 'closed']),
      expired: async (bench, socket) => {
        socket.drops();
        await bench.advance(window + 1000);
      },
      evicted: async (bench, socket) => {
        socket.drops();
        const other = await bench.enter('other');
        other.drops();
        await bench.settle();
      },
    };
  for (const [reason, end] of Object.entries(ends)) {
    it(
      `(${reason}) is gone with that word, and its secret opens nothing any more`,
      withServer({ limits, absentSessions: 1 }, async (bench) => {
        const socket = await bench.enter('a');
        await end(bench, socket);
        const again = await bench.resume('a');
        expect(again.frames).toEqual([['gone', reason]]);
        const open = await bench.enter('a', call);
        expect(open.closed?.reason).toBe('known-secret');
        expect(bench.dispatch.ran).toEqual([]);
      }),
    );
  }

  it(
    'after a violation is gone, and not resumed',
    withServer({ limits }, async (bench) => {
      const socket = await bench.enter('a');
      await bench.says(socket, ['ping', 7, 7]);
      expect(socket.closed?.reason).toBe('miscount');
      expect((await bench.resume('a')).frames).toEqual([['gone', 'ended']]);
    }),
  );

  it(
    'was never there for a server that restarted: it says so, if it is told which one was meant',
    withServer({ limits }, async (bench) => {
      expect((await bench.resume('a', { server: 'K1' })).frames).toEqual([['gone', 'restarted']]);
      expect((await bench.resume('b')).frames).toEqual([['gone', 'expired']]);
      expect((await bench.enter('a', call)).closed?.reason).toBe('known-secret');
    }),
  );

  it(
    'is told of as this run knows it, to a client that still names the run before',
    withServer({ limits }, async (bench) => {
      const socket = await bench.enter('a');
      await bench.says(socket, ['bye', 'closed']);
      expect((await bench.resume('a', { server: 'K1' })).frames).toEqual([['gone', 'ended']]);
    }),
  );

  it(
    'for all its server knows has a secret that opens nothing: its first dial may still be on its way',
    withServer({ limits }, async (bench) => {
      const again = await bench.resume('a', { sent: 1 });
      expect(again.frames).toEqual([['gone', 'expired']]);
      const late = await bench.enter('a', call);
      expect(late.closed?.reason).toBe('known-secret');
      await bench.says(again, helloFrame({ secret: secretOf('b'), dial: 3 }), call);
      expect(bench.dispatch.ran).toHaveLength(1);
    }),
  );

  it(
    'is remembered for thousands of later ones, but not for ever',
    withServer({ limits }, async (bench) => {
      const socket = await bench.enter('a');
      await bench.says(socket, ['bye', 'closed']);
      const asks = async (count: number, name: string): Promise<void> => {
        for (let i = 0; i < count; i++) {
          const other = bench.visit();
          other.says([
            'hello',
            { mode: 'resume', secret: secretOf(`${name}${i}_`), dial: 1, sent: 0, received: 0 },
          ]);
          other.drops();
        }
        await bench.settle();
      };
      await asks(4000, 'b');
      expect((await bench.resume('a')).frames).toEqual([['gone', 'ended']]);
      await asks(4100, 'c');
      expect((await bench.resume('a', { dial: 3 })).frames).toEqual([['gone', 'expired']]);
    }),
  );
});

describe('a dial of a new session that was refused', () => {
  it(
    'leaves no session behind',
    withServer(
      {
        limits,
        createContext: () => Promise.reject(new Error('no')),
        refuse: () => ({ name: 'unauthorized', error: {} }),
      },
      async (bench) => {
        for (let i = 0; i < 10; i++) await bench.enter(`a${i}_`, call);
        expect(bench.host.size).toBe(0);
        await bench.advance(1000);
        expect(bench.clock.armed).toBe(0);
      },
    ),
  );

  it(
    'for its own fault, too',
    withServer({ limits, createContext: () => new Promise(() => {}) }, async (bench) => {
      await bench.enter('a', ['hola']);
      await bench.enter('b', ...Array.from({ length: 17 }, () => call));
      expect(bench.host.size).toBe(0);
    }),
  );

  it(
    'by trouble leaves none either: it is remembered that nothing of it ran, and that its secret is used up',
    withServer({ limits, createContext: () => Promise.reject(new Error('no')) }, async (bench) => {
      await bench.enter('a', call);
      expect(bench.host.size).toBe(0);
      expect((await bench.resume('a', { sent: 1 })).frames).toEqual([['gone', 'not-opened']]);
      expect((await bench.enter('a', call)).closed?.reason).toBe('known-secret');
      expect(bench.dispatch.ran).toEqual([]);
    }),
  );
});

describe('the sweep of a server', () => {
  it(
    'goes on while there are only sessions without a socket, and not after them',
    withServer({ limits }, async (bench) => {
      const sockets = [await bench.enter('a'), await bench.enter('b')];
      sockets[0]?.drops();
      await bench.advance(5000);
      sockets[1]?.drops();
      await bench.advance(window - 1);
      expect([bench.host.size, bench.clock.armed]).toEqual([1, 1]);
      await bench.advance(1001);
      expect([bench.host.size, bench.clock.armed]).toEqual([0, 0]);
    }),
  );

  it(
    'that comes late, as after a sleep, still ends what has expired, and nothing else',
    withServer({ limits }, async (bench) => {
      const [early, late] = [await bench.enter('a'), await bench.enter('b')];
      early.drops();
      await bench.advance(7000);
      late.drops();
      bench.clock.sleep(window - 5000);
      await bench.advance(0);
      expect(bench.host.size).toBe(1);
      expect((await bench.resume('b')).frames[0]?.[0]).toBe('welcome');
    }),
  );

  it(
    'lets a resume that lay unread while the server slept be decided first',
    withServer({ limits }, async (bench) => {
      const socket = await bench.enter('a');
      socket.drops();
      await bench.advance(1000);
      bench.clock.sleep(600_000);
      // Overdue timers come first, then what lies in the sockets, then the rest of the turn.
      await bench.clock.advance(0, () => Promise.resolve());
      const again = await bench.resume('a');
      expect(again.frames[0]).toEqual(['welcome', expect.objectContaining({ resumed: true })]);
    }),
  );

  it(
    'is one timer, however many sessions there are',
    withServer({ limits }, async (bench) => {
      for (let i = 0; i < 50; i++) {
        const socket = await bench.enter(`a${i}_`);
        if (i % 2) socket.drops();
        expect(bench.clock.armed).toBe(1);
      }
    }),
  );

  it(
    'ends with the host, which lets go of what is absent, too',
    withServer({ limits }, async (bench) => {
      const socket = await bench.enter('a');
      socket.drops();
      bench.host.close();
      expect([bench.host.size, bench.clock.armed]).toEqual([0, 0]);
    }),
  );
});
