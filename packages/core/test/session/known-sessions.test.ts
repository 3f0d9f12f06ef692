import { describe, expect, it } from 'vitest';
import { expectClosed } from '../harness/expect-closed.ts';
import type { Frame } from '../harness/frames.ts';
import { controlsOf, helloFrame, parse, secretOf } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { withServer } from '../harness/server-bench.ts';

const call = (id: number, path = 'greet'): Frame => [[2, id, path]];
const handlers = { greet: () => 'hi' };

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
