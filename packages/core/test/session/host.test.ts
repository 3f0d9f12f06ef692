import { describe, expect, it } from 'vitest';
import type { ServerSession } from '../../src/rpc/host.ts';
import type { Frame } from '../harness/frames.ts';
import { controlsOf, helloFrame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { withServer } from '../harness/server-bench.ts';

const call: Frame = [[2, 1, 'greet']];

describe('closing the host', () => {
  it('ends every session with going-away, in whatever state its socket is', () => {
    const gate = new Gate();
    const createContext = (request: string): unknown => (request === 'slow' ? gate.promise : undefined);
    return withServer({ createContext }, async (bench) => {
      const silent = bench.visit();
      const open = await bench.enter('a');
      const waiting = bench.visit('slow');
      await bench.says(waiting, helloFrame(), call);
      bench.host.close();
      for (const socket of [silent, open, waiting]) {
        expect(socket.frames.at(-1)).toEqual(['bye', 'going-away']);
        expect(socket.closed).toEqual({ code: 1001, reason: 'going-away' });
      }
      expect(bench.host.size).toBe(0);
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
    })();
  });

  it(
    'turns later sockets away',
    withServer({}, async (bench) => {
      bench.host.close();
      const late = bench.visit();
      expect(late.closed?.code).toBe(1001);
      await bench.says(late, helloFrame());
      expect(bench.host.size).toBe(0);
      expect(late.frames).toEqual([['bye', 'going-away']]);
    }),
  );

  it(
    'may be done twice',
    withServer({}, async (bench) => {
      const socket = await bench.enter('a');
      bench.host.close();
      bench.host.close();
      expect(controlsOf(socket.frames, 'bye')).toHaveLength(1);
    }),
  );
});

describe('the session that a context is given', () => {
  const sessions: ServerSession[] = [];
  const createContext = (_: string, __: unknown, session: ServerSession): void => {
    sessions.push(session);
  };

  it('has the name that the client is told', () => {
    sessions.length = 0;
    return withServer({ createContext }, async (bench) => {
      const socket = await bench.enter('a');
      expect(socket.frames[0]).toEqual(['welcome', expect.objectContaining({ session: sessions[0]?.id })]);
    })();
  });

  it('ends when it is closed: the client is told, its calls are aborted, its signal fires once', () => {
    sessions.length = 0;
    const fired: unknown[] = [];
    const handlers = {
      greet: ({ signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    };
    return withServer({ createContext, handlers }, async (bench) => {
      const socket = await bench.enter('a', call);
      const session = sessions[0] as ServerSession;
      session.signal.addEventListener('abort', () => fired.push(session.signal.reason));
      expect(session.signal.aborted).toBe(false);
      session.close();
      session.close();
      await bench.settle();
      expect(socket.closed).toEqual({ code: 4410, reason: 'ended' });
      expect(controlsOf(socket.frames, 'bye')).toEqual([['bye', 'ended']]);
      expect(fired).toHaveLength(1);
      expect(bench.dispatch.running).toBe(0);
    })();
  });

  it('may be closed while its context is made', () => {
    const gate = new Gate();
    const own = (_: string, __: unknown, session: ServerSession): Promise<void> => {
      session.close();
      return gate.promise;
    };
    return withServer({ createContext: own, handlers: { greet: () => 1 } }, async (bench) => {
      const socket = await bench.enter('a', call);
      gate.open();
      await bench.settle();
      expect(socket.closed).toEqual({ code: 4410, reason: 'ended' });
      expect(controlsOf(socket.frames, 'welcome')).toEqual([]);
      expect(bench.dispatch.ran).toEqual([]);
      expect(bench.host.size).toBe(0);
    })();
  });

  it('fires its signal also for those who read it after the end', () => {
    sessions.length = 0;
    return withServer({ createContext }, async (bench) => {
      const socket = await bench.enter('a');
      socket.drops();
      expect(sessions[0]?.signal.aborted).toBe(true);
      expect(String(sessions[0]?.signal.reason)).toContain('ended');
    })();
  });
});

describe('a client that falls silent', () => {
  it(
    'is pinged, then dropped without a closing handshake within 15 s, and its session ends',
    withServer({}, async (bench) => {
      const socket = await bench.enter('a');
      await bench.advance(15_000);
      expect(controlsOf(socket.frames, 'ping')).toHaveLength(1);
      expect(socket.terminated).toBe(true);
      expect(bench.host.size).toBe(0);
    }),
  );

  it(
    'is kept by any frame',
    withServer({}, async (bench) => {
      const socket = await bench.enter('a');
      for (let i = 0; i < 10; i++) {
        await bench.advance(12_000);
        await bench.says(socket, ['pong', 0, 0]);
      }
      expect(socket.live).toBe(true);
    }),
  );

  it(
    'is not dropped by a server that slept itself: it is pinged and has 3 s',
    withServer({}, async (bench) => {
      const socket = await bench.enter('a');
      bench.clock.sleep(600_000);
      await bench.advance(0);
      expect(socket.live).toBe(true);
      expect(controlsOf(socket.frames, 'ping')).toHaveLength(1);
      await bench.says(socket, ['pong', 0, 0]);
      await bench.advance(8000);
      expect(socket.live).toBe(true);
    }),
  );

  it(
    'is dropped after those 3 s',
    withServer({}, async (bench) => {
      const socket = await bench.enter('a');
      bench.clock.sleep(600_000);
      await bench.advance(4000);
      expect(socket.terminated).toBe(true);
    }),
  );
});

describe('a server that sleeps again and again', () => {
  it(
    'reads what lies in its sockets before it judges them',
    withServer({}, async (bench) => {
      const socket = await bench.enter('a');
      for (let i = 0; i < 5; i++) {
        // It wakes for a moment, pings, and sleeps again; the answer comes meanwhile.
        bench.clock.sleep(600_000);
        await bench.advance(0);
        bench.clock.sleep(600_000);
        // Overdue timers come first, then what lies in the socket, then the rest of the turn.
        await bench.clock.advance(0, () => Promise.resolve());
        socket.says(['pong', 0, 0]);
        await bench.settle();
        expect(socket.live).toBe(true);
        await bench.advance(11_000);
      }
    }),
  );
});

describe('a socket that tells its close while it is being closed', () => {
  for (const name of ['going-away', 'ended', 'miscount', 'unauthorized'] as const) {
    it(`does not change why its session ended (${name})`, () => {
      const reasons: string[] = [];
      const gate = new Gate();
      const createContext = async (_: string, __: unknown, session: ServerSession): Promise<void> => {
        session.signal.addEventListener('abort', () => reasons.push(String(session.signal.reason)));
        if (name === 'unauthorized') throw new Error('no');
        if (name === 'ended') void gate.promise.then(() => session.close());
      };
      const refuse = (): { name: 'unauthorized'; error: unknown } => ({ name: 'unauthorized', error: {} });
      return withServer({ createContext, refuse }, async (bench) => {
        const socket = bench.visit();
        socket.tellsAtOnce = true;
        await bench.says(socket, helloFrame());
        if (name === 'going-away') bench.host.close();
        if (name === 'miscount') await bench.says(socket, ['ping', 5, 5]);
        gate.open();
        await bench.settle();
        expect(socket.closed?.reason).toBe(name);
        expect(reasons).toEqual([expect.stringContaining(`(${name})`)]);
        expect(bench.host.size).toBe(0);
      })();
    });
  }
});

describe('late events of a socket that is through', () => {
  it(
    'change nothing',
    withServer({ handlers: { greet: () => 1 } }, async (bench) => {
      const socket = await bench.enter('a');
      const { events } = socket;
      socket.drops(1001);
      events?.frame(JSON.stringify(helloFrame()));
      events?.frame('[[2,1,"greet"]]');
      events?.drained();
      events?.closed(1006);
      await bench.settle();
      expect(bench.host.size).toBe(0);
      expect(bench.dispatch.ran).toEqual([]);
    }),
  );
});
