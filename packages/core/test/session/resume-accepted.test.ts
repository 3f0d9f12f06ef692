import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import type { ServerSession } from '../../src/rpc/host.ts';
import { socketBufferBytes } from '../../src/session/ports.ts';
import { expectClosed } from '../harness/expect-closed.ts';
import type { Frame } from '../harness/frames.ts';
import { dataOf, helloFrame, messagesOf, resumeFrame, secretOf } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { present } from '../harness/present.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';
import type { ServerBench } from '../harness/server-bench.ts';
import { withServer } from '../harness/server-bench.ts';

const limits = { window: 60_000 };
const call = (id: number): Frame => [[2, id, 'greet', id]];
const handlers = { greet: ({ input }: { input: unknown }) => `hi ${String(input)}` };
const hi = (id: number): Frame => [[4, id, `hi ${id}`]];

/** A client whose calls were answered, so many. */
async function served(bench: ServerBench, calls: number): Promise<ScriptedSocket> {
  const socket = await bench.enter('a');
  for (let id = 1; id <= calls; id++) await bench.says(socket, call(id));
  return socket;
}

/** Contexts that are made when the test says so: the first dial's at once, each later one's at its gate. */
function gated(): { readonly gates: Gate[]; readonly createContext: () => unknown } {
  const gates: Gate[] = [];
  let dials = 0;
  const createContext = (): unknown => {
    if (++dials === 1) return undefined;
    const gate = new Gate();
    gates.push(gate);
    return gate.promise;
  };
  return { gates, createContext };
}

describe('a resume that is accepted', () => {
  it(
    'is told welcome first, then what it lacks as it was said before, then what is new',
    withServer({ limits, handlers }, async (bench) => {
      const old = await served(bench, 4);
      const said = old.texts.slice(1);
      old.drops();
      const socket = bench.visit();
      socket.says(resumeFrame('a', { sent: 4, received: 1 }));
      await bench.says(socket, call(5));
      expect(socket.closed?.reason).toBe('unexpected');
      const again = await bench.resume('a', { dial: 3, sent: 4, received: 1 });
      await bench.says(again, call(5));
      expect(again.frames[0]).toEqual([
        'welcome',
        expect.objectContaining({ resumed: true, sent: 4, received: 4 }),
      ]);
      expect(again.texts.slice(1, 4)).toEqual(said.slice(1));
      expect(again.frames.slice(4)).toEqual([hi(5)]);
    }),
  );

  it(
    'is told the names of before: of the session, and of the server',
    withServer({ limits }, async (bench) => {
      const old = await bench.enter('a');
      const again = await bench.resume('a');
      const [first, second] = [old, again].map((it) => it.frames[0]?.[1] as Record<string, unknown>);
      expect(second).toEqual({ ...first, resumed: true });
    }),
  );

  it(
    'lets go of what its client has, and keeps the rest: the next one lacks no more and no less',
    withServer({ limits, handlers }, async (bench) => {
      await served(bench, 4);
      const second = await bench.resume('a', { sent: 4, received: 3 });
      expect(second.frames.slice(1)).toEqual([hi(4)]);
      const third = await bench.resume('a', { dial: 3, sent: 4, received: 3 });
      expect(third.frames.slice(1)).toEqual([hi(4)]);
      const below = await bench.resume('a', { dial: 4, sent: 4, received: 2 });
      expectClosed(below, 'miscount');
    }),
  );

  it('drops the socket that it replaces without a closing handshake, and without a word', () =>
    withServer({ limits, handlers }, async (bench) => {
      const old = await served(bench, 1);
      const said = old.texts.length;
      await bench.resume('a', { sent: 1, received: 1 });
      expect([old.terminated, old.closed, old.texts.length]).toEqual([true, undefined, said]);
    })());

  for (const tellsAtOnce of [false, true]) {
    it(
      `reads its counts after the old socket was silenced${tellsAtOnce ? ', though that tells its close at once' : ''}`,
      withServer({ limits, handlers }, async (bench) => {
        const old = await served(bench, 1);
        old.tellsAtOnce = tellsAtOnce;
        const terminate = old.terminate.bind(old);
        old.terminate = () => {
          old.says(call(2));
          terminate();
          old.says(call(3));
        };
        const again = await bench.resume('a', { sent: 3, received: 1 });
        expect(again.frames).toEqual([['welcome', expect.objectContaining({ sent: 1, received: 1 })]]);
        expect(bench.dispatch.ran).toHaveLength(1);
        await bench.says(again, call(2), call(3));
        expect(messagesOf(again.frames)).toEqual([...hi(2), ...hi(3)]);
      }),
    );
  }

  it('counts what the old socket brought until then, also while the context was made', () => {
    const { gates, createContext } = gated();
    return withServer({ limits, handlers, createContext }, async (bench) => {
      const old = await served(bench, 1);
      const again = await bench.resume('a', { sent: 3, received: 1 });
      await bench.says(old, call(2));
      expect(old.frames.at(-1)).toEqual(hi(2));
      await bench.says(old, call(3));
      gates[0]?.open();
      await bench.settle();
      expect(again.frames).toEqual([
        ['welcome', expect.objectContaining({ sent: 3, received: 3 })],
        hi(2),
        hi(3),
      ]);
      expect(bench.dispatch.ran).toHaveLength(3);
    })();
  });

  it('is a miscount when the old socket brought more meanwhile than the client has sent', () => {
    const { gates, createContext } = gated();
    return withServer({ limits, handlers, createContext }, async (bench) => {
      const old = await served(bench, 1);
      const again = await bench.resume('a', { sent: 1, received: 1 });
      await bench.says(old, call(2));
      gates[0]?.open();
      await bench.settle();
      expectClosed(again, 'miscount');
      expect(old.live).toBe(true);
      await bench.says(old, call(3));
      expect(old.frames.at(-1)).toEqual(hi(3));
    })();
  });

  it(
    'makes the old socket mean nothing any more, whatever it still tells',
    withServer({ limits, handlers }, async (bench) => {
      const old = await served(bench, 1);
      const { events } = old;
      const again = await bench.resume('a', { sent: 1, received: 1 });
      events?.frame(JSON.stringify(call(2)));
      events?.frame('["ping",9,9]');
      events?.frame('["bye","closed"]');
      events?.frame('nonsense');
      events?.drained();
      events?.closed(1001);
      await bench.advance(10_000);
      await bench.says(again, ['pong', 1, 1], call(2));
      expect(again.live).toBe(true);
      expect(dataOf(again.frames)).toEqual([hi(2)]);
      expect(bench.host.size).toBe(1);
      expect(bench.dispatch.ran).toHaveLength(2);
    }),
  );

  it('gives later calls the new context, and leaves those that run theirs', () => {
    const gate = new Gate();
    const contexts: unknown[] = [];
    const own = {
      greet: async (it: IncomingCall) => {
        await gate.promise;
        contexts.push(it.context);
      },
    };
    const createContext = (_: string, params: unknown): unknown => params;
    return withServer({ limits, handlers: own, createContext }, async (bench) => {
      const old = bench.visit();
      await bench.says(old, helloFrame({ secret: secretOf('a'), params: { dial: 1 } }), call(1));
      const again = await bench.resume('a', { sent: 1, params: { dial: 2 } });
      await bench.says(again, call(2));
      gate.open();
      await bench.settle();
      expect(contexts).toEqual([{ dial: 1 }, { dial: 2 }]);
      expect(messagesOf(again.frames)).toEqual([
        [4, 1],
        [4, 2],
      ]);
    })();
  });

  it('does not let calls see a context whose dial came to nothing', () => {
    const contexts: unknown[] = [];
    const own = { greet: (it: IncomingCall) => void contexts.push(it.context) };
    const createContext = (_: string, params: unknown): unknown => params;
    const identity = (context: unknown): string => (context as { user?: string }).user ?? 'ada';
    return withServer({ limits, handlers: own, createContext, identity }, async (bench) => {
      const old = await bench.enter('a');
      const other = await bench.resume('a', { params: { user: 'eve' } });
      expect(other.frames).toEqual([['gone', 'refused']]);
      await bench.says(old, call(1));
      expect(contexts).toEqual([{}]);
    })();
  });

  it('does not fire a handler’s signal, and gives the same session object', () => {
    const sessions: ServerSession[] = [];
    const calls: IncomingCall[] = [];
    const gate = new Gate();
    const own = { greet: (it: IncomingCall) => gate.promise.then(() => void calls.push(it)) };
    const createContext = (_: string, __: unknown, session: ServerSession): void => {
      sessions.push(session);
    };
    return withServer({ limits, handlers: own, createContext }, async (bench) => {
      const old = await bench.enter('a', call(1));
      old.drops();
      await bench.advance(59_000);
      await bench.resume('a', { sent: 1 });
      gate.open();
      await bench.settle();
      expect(calls.map((it) => it.signal.aborted)).toEqual([false]);
      expect(sessions).toHaveLength(2);
      expect(sessions[1]).toBe(sessions[0]);
      expect(sessions[0]?.signal.aborted).toBe(false);
    })();
  });

  it(
    'puts no more into the socket than it holds, and the rest, before anything new, as it drains',
    withServer({ limits, handlers: { greet: ({ input }) => 'x'.repeat(Number(input)) } }, async (bench) => {
      const old = await bench.enter('a');
      old.drops();
      const first = await bench.resume('a');
      for (let id = 1; id <= 12; id++) await bench.says(first, [[2, id, 'greet', 60_000]]);
      expect(dataOf(first.frames)).toHaveLength(12);
      const again = bench.visit();
      again.onSend = (frame) => {
        again.buffered += frame.length;
      };
      await bench.says(again, resumeFrame('a', { dial: 3, sent: 12 }));
      expect(again.buffered).toBeGreaterThanOrEqual(socketBufferBytes);
      expect(again.buffered).toBeLessThan(socketBufferBytes + 65_536);
      await bench.says(again, [[2, 13, 'greet', 3]]);
      const ids = (): unknown[] => messagesOf(again.frames).map((it) => it[1]);
      expect(ids().length).toBeLessThan(12);
      while (ids().length < 13) {
        const before = ids().length;
        again.buffered = 0;
        present(again.events).drained();
        await bench.settle();
        expect(ids().length).toBeGreaterThan(before);
        expect(again.buffered).toBeLessThan(socketBufferBytes + 65_536);
      }
      expect(ids()).toEqual(Array.from({ length: 13 }, (_, i) => i + 1));
    }),
  );

  it(
    'answers a ping between what is sent again with what it has put on this socket',
    withServer({ limits, handlers: { greet: () => 'x'.repeat(60_000) } }, async (bench) => {
      await served(bench, 12);
      const again = bench.visit();
      again.onSend = (frame) => {
        again.buffered += frame.length;
      };
      await bench.says(again, resumeFrame('a', { sent: 12 }));
      const put = dataOf(again.frames).length;
      expect(put).toBeLessThan(12);
      await bench.says(again, ['ping', 12, 2]);
      expect(again.frames.at(-1)).toEqual(['pong', put, 12]);
      await bench.says(again, ['ping', 12, put + 1]);
      expect(again.closed?.reason).toBe('miscount');
    }),
  );
});

describe('two resumes that are being decided at once', () => {
  it('of which the second is let in first: the first is stale, and the second goes on', () => {
    const { gates, createContext } = gated();
    return withServer({ limits, handlers, createContext }, async (bench) => {
      await served(bench, 2);
      const second = await bench.resume('a', { dial: 2, sent: 2, received: 1 });
      const third = await bench.resume('a', { dial: 3, sent: 2, received: 1 });
      gates[1]?.open();
      await bench.settle();
      expect(third.frames.slice(1)).toEqual([hi(2)]);
      expectClosed(second, 'stale-dial');
      gates[0]?.open();
      await bench.settle();
      await bench.says(third, call(3));
      expect(third.frames.slice(2)).toEqual([hi(3)]);
      expect(third.live).toBe(true);
    })();
  });

  it('of which the first is let in first: the second takes the session from it', () => {
    const { gates, createContext } = gated();
    return withServer({ limits, handlers, createContext }, async (bench) => {
      await served(bench, 2);
      const second = await bench.resume('a', { dial: 2, sent: 2, received: 1 });
      const third = await bench.resume('a', { dial: 3, sent: 2, received: 2 });
      gates[0]?.open();
      await bench.settle();
      expect(second.frames.slice(1)).toEqual([hi(2)]);
      gates[1]?.open();
      await bench.settle();
      expect(second.terminated).toBe(true);
      expect(third.frames).toEqual([['welcome', expect.objectContaining({ sent: 2, received: 2 })]]);
      await bench.says(third, call(3));
      expect(third.frames.slice(1)).toEqual([hi(3)]);
    })();
  });

  it('with the same number: one is let in, the other is stale', () => {
    const { gates, createContext } = gated();
    return withServer({ limits, handlers, createContext }, async (bench) => {
      await served(bench, 1);
      const one = await bench.resume('a', { sent: 1, received: 1 });
      const other = await bench.resume('a', { sent: 1, received: 1 });
      for (const gate of gates) gate.open();
      await bench.settle();
      expect(one.live).toBe(true);
      expectClosed(other, 'stale-dial');
    })();
  });

  it('of which one is refused: the other is not concerned', () => {
    const { gates, createContext } = gated();
    return withServer({ limits, handlers, createContext }, async (bench) => {
      await served(bench, 1);
      const second = await bench.resume('a', { dial: 2, sent: 1, received: 1 });
      const third = await bench.resume('a', { dial: 3, sent: 1, received: 1 });
      gates[1]?.fail(new Error('no'));
      await bench.settle();
      expectClosed(third, 'trouble', { message: 'trouble' });
      gates[0]?.open();
      await bench.settle();
      expect(second.frames[0]?.[0]).toBe('welcome');
      await bench.says(second, call(2));
      expect(second.frames.at(-1)).toEqual(hi(2));
    })();
  });
});
