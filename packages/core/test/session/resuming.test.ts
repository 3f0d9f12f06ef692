import { describe, expect, it } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { closeCodes } from '../../src/wire/close-codes.ts';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { dataOf } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';

const limits = { window: 60_000 };

/** The data frames that were sent on a socket, as they were spelled. */
const sent = ({ texts }: ScriptedSocket): readonly string[] => texts.filter((text) => !text.startsWith('["'));

/** Makes so many calls, each in a frame of its own. */
async function calls(bench: ClientBench, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    bench.mutation('a', i);
    await bench.settle();
  }
}

/** Answers the calls of the session, from the first to the last, so that none is left open. */
async function answers(bench: ClientBench, first: number, last: number): Promise<void> {
  for (let id = first; id <= last; id++) await bench.says([[4, id, id]]);
}

describe('a client whose socket dropped', () => {
  it(
    'before anything was said asks for its session, and goes on',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const [open] = bench.hellos();
      await bench.dropsAndRedials();
      await bench.resumes();
      expect(bench.hellos()).toEqual([{ ...open, mode: 'resume', dial: 2, server: 'K' }]);
      expect(bench.connection.state).toBe('open');
      const call = bench.query('a');
      await bench.settle();
      expect(bench.messages()).toEqual([[1, 1, 'a']]);
      await bench.says([[4, 1, 'x']]);
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'says nothing but hello before it is welcome, whatever waits',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 2);
      await bench.dropsAndRedials();
      bench.mutation('b');
      await bench.opens();
      expect(bench.socket.frames.map(([name]) => name)).toEqual(['hello']);
      await bench.resumes();
      expect(bench.messages().map((it) => it[1])).toEqual([1, 2, 3]);
    }),
  );

  it(
    'sends what the server lacks as it was sent before, in order, then what waited',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 4);
      const before = sent(bench.socket);
      await bench.dropsAndRedials();
      bench.mutation('new');
      await bench.resumes({ received: 1 });
      expect(bench.hellos()[0]).toMatchObject({ sent: 4, received: 0 });
      expect(sent(bench.socket).slice(0, 3)).toEqual(before.slice(1));
      expect(sent(bench.socket).slice(3)).toEqual(['[[2,5,"new"]]']);
      await answers(bench, 1, 5);
      for (const { call } of bench.calls) expect(call.settled).toBe(true);
    }),
  );

  it(
    'sends nothing again that the server has',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 3);
      await bench.dropsAndRedials();
      await bench.resumes({ received: 3 });
      expect(sent(bench.socket)).toEqual([]);
    }),
  );

  it(
    'twice in a row, with nothing in between, sends the same again, and says all its counts',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 3);
      await bench.says([[4, 1, 'x']]);
      const before = sent(bench.socket);
      for (const dial of [2, 3, 4]) {
        await bench.dropsAndRedials();
        await bench.resumes({ sent: 1, received: 1 });
        expect(bench.hellos()[0]).toMatchObject({ mode: 'resume', dial, sent: 3, received: 1 });
        expect(sent(bench.socket)).toEqual(before.slice(1));
      }
    }),
  );

  it(
    'before its hello was answered, once and again, sends each early frame again as it was',
    withClient({}, async (bench) => {
      await bench.opens();
      await calls(bench, 3);
      const before = sent(bench.socket);
      expect(before).toHaveLength(3);
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.resumes({ received: 1 });
      expect(bench.hellos()[0]).toMatchObject({ mode: 'resume', dial: 3, sent: 3 });
      expect(sent(bench.socket)).toEqual(before.slice(1));
    }),
  );

  it(
    'between welcome and the first frame after it loses nothing either',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      bench.mutation('a');
      bench.socket.drops();
      await bench.untilNextDial();
      await bench.resumes();
      expect(bench.hellos()[0]).toMatchObject({ sent: 0 });
      expect(bench.messages()).toEqual([[2, 1, 'a']]);
    }),
  );

  it(
    'gets what the server sends again, once, and tells how much it has',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 3);
      await bench.says([[4, 1, 'x']]);
      await bench.dropsAndRedials();
      await bench.resumes({ sent: 3, received: 3 });
      expect(bench.hellos()[0]).toMatchObject({ received: 1 });
      await bench.says([[4, 2, 'y']], [[4, 3, 'z']], ['ping', 3, 3]);
      expect(bench.socket.frames.at(-1)).toEqual(['pong', 3, 3]);
      expect(bench.connection.state).toBe('open');
    }),
  );

  it(
    'takes a frame that is sent again with the acknowledgement it had',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 3);
      await bench.says(['ack', 0, 2]);
      await bench.dropsAndRedials();
      await bench.resumes({ sent: 1, received: 3 });
      await bench.says([1, [4, 1, 'x']]);
      expect(bench.connection.state).toBe('open');
      expect(bench.socket.live).toBe(true);
    }),
  );

  it(
    'counts what came before it silenced the old socket, and nothing that comes with that, or after',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 3);
      const { socket: old } = bench;
      const terminate = old.terminate.bind(old);
      old.terminate = () => {
        old.says([[4, 2, 'while']]);
        terminate();
        old.says([[4, 3, 'after']]);
      };
      await bench.says([[4, 1, 'before']]);
      await bench.advance(15_000);
      expect(old.terminated).toBe(true);
      if (bench.sockets.length === 1) await bench.untilNextDial();
      await bench.opens();
      old.says([[4, 3, 'late']]);
      expect(bench.hellos()[0]).toMatchObject({ received: 1 });
      expect(bench.calls.map(({ call }) => call.settled)).toEqual([true, false, false]);
    }),
  );

  it(
    'says nothing of its session to a socket that is not the current one',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 1);
      const { socket: old } = bench;
      const { events } = old;
      const words = old.texts.length;
      await bench.dropsAndRedials();
      await bench.resumes({ received: 1 });
      for (const frame of [
        '["ping",0,0]',
        '["bye","ended"]',
        '["bye","unauthorized"]',
        '[[4,1,"x"]]',
        '[]',
      ]) {
        events?.frame(frame);
      }
      events?.closed(4410);
      events?.drained();
      await bench.settle();
      expect(old.texts).toHaveLength(words);
      expect(bench.connection.state).toBe('open');
      expect(bench.calls[0]?.call.settled).toBe(false);
    }),
  );
});

describe('what is no reason to give a session up', () => {
  const drops: Record<string, (bench: ClientBench) => Promise<void> | void> = {
    'trouble at the next dial': async (bench) => {
      bench.socket.drops();
      await bench.untilNextDial();
      await bench.opens();
      await bench.says(['bye', 'trouble', { message: 'm' }]);
    },
    'a server that takes no more for now': async (bench) => {
      bench.socket.drops();
      await bench.untilNextDial();
      await bench.opens();
      await bench.says(['bye', 'overloaded']);
    },
    'a hello that came too late': async (bench) => {
      bench.socket.drops();
      await bench.untilNextDial();
      await bench.opens();
      await bench.says(['bye', 'handshake-timeout']);
    },
    'a dial that is never answered': async (bench) => {
      bench.socket.drops();
      await bench.untilNextDial();
      await bench.opens();
      await bench.advance(10_000);
    },
    'a socket that never opens': async (bench) => {
      bench.socket.drops();
      await bench.untilNextDial();
      await bench.advance(10_000);
    },
    'a dead line': (bench) => bench.advance(16_000),
    'trouble that is said on an open line': (bench) => {
      bench.socket.says(['bye', 'trouble']);
      bench.socket.drops(4500);
    },
  };
  for (const code of [1000, 1001, 1005, 1006, 1011, 1012, 3000, 4000, 4399, 4408, 4500, 4503, 4999]) {
    drops[`a close with ${code}`] = (bench) => bench.socket.drops(code);
  }
  for (const [what, drop] of Object.entries(drops)) {
    it(
      `${what}: the client asks for it, and all that left is answered`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const call = bench.mutation('a');
        await bench.settle();
        const dials = bench.sockets.length;
        await drop(bench);
        if (bench.sockets.length === dials || !bench.socket.live) await bench.untilNextDial();
        await bench.resumes({ received: 1 });
        expect(bench.hellos()[0]).toMatchObject({ mode: 'resume', sent: 1 });
        await bench.says([[4, 1, 'x']]);
        expect(call.told).toEqual([['result', 'x']]);
      }),
    );
  }

  it('params that fail: the session waits for those that do not', async () => {
    let fails = false;
    const params = (): Record<string, never> => {
      if (fails) throw new Error('no token');
      return {};
    };
    await withClient({ params }, async (bench) => {
      await bench.welcomes({ limits });
      const call = bench.mutation('a');
      await bench.settle();
      fails = true;
      bench.socket.drops();
      await bench.advance(20_000);
      expect(bench.errors).not.toEqual([]);
      fails = false;
      await bench.untilNextDial();
      await bench.resumes({ received: 1 });
      await bench.says([[4, 1, 'x']]);
      expect(call.told).toEqual([['result', 'x']]);
    })();
  });
});

describe('what ends a session', () => {
  const ends = (Object.keys(closeCodes) as CloseName[]).filter((it) => closeCodes[it].session === 'ends');
  const told = ends.filter((it) => closeCodes[it].client === 'redial');

  for (const name of told) {
    it(
      `a bye that says ${name}: nothing of it is asked for again`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const [first] = bench.hellos();
        const call = bench.mutation('a');
        await bench.settle();
        await bench.says(['bye', name]);
        expect(call.told).toEqual([fault('session-lost', 'unknown', name)]);
        await bench.untilNextDial();
        await bench.opens();
        expect(bench.hellos()[0]).toMatchObject({ mode: 'open', dial: 2, sent: 0, received: 0 });
        expect(bench.hellos()[0]?.['secret']).not.toBe(first?.['secret']);
      }),
    );
  }

  for (const name of told.filter((it) => closeCodes[it].code >= 4400)) {
    it(
      `a close that says ${name} without a bye`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const call = bench.mutation('a');
        await bench.settle();
        await bench.dropsAndRedials(closeCodes[name].code);
        expect(call.told).toEqual([fault('session-lost', 'unknown', name)]);
        await bench.opens();
        expect(bench.hellos()[0]).toMatchObject({ mode: 'open' });
      }),
    );

    it(
      `${name} in answer to a resume`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const call = bench.mutation('a');
        await bench.settle();
        await bench.dropsAndRedials();
        await bench.opens();
        await bench.says(['bye', name]);
        expect(call.told).toEqual([fault('session-lost', 'unknown', name)]);
        await bench.untilNextDial();
        await bench.opens();
        expect(bench.hellos()[0]).toMatchObject({ mode: 'open', dial: 3 });
      }),
    );
  }

  it(
    'gone (refused): nothing that was asked in one name is asked in another, and the same socket opens a session',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const calls = [bench.mutation('a'), bench.query('b')];
      await bench.settle();
      const unsent = bench.query('c');
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'refused']);
      for (const { told } of calls) expect(told).toEqual([fault('session-lost', 'unknown', 'refused')]);
      expect(unsent.told).toEqual([fault('session-lost', 'not-run', 'refused')]);
      expect(bench.hellos().map((it) => it['mode'])).toEqual(['resume', 'open']);
      expect(bench.messages()).toEqual([]);
      await bench.welcomes({ limits });
    }),
  );

  for (const reason of ['expired', 'evicted', 'ended', 'restarted', 'off']) {
    it(
      `gone (${reason}): calls that left are told, and the same socket opens another`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const mutation = bench.mutation('a');
        const query = bench.query('b');
        await bench.settle();
        const unsent = bench.mutation('c');
        await bench.dropsAndRedials();
        await bench.opens();
        await bench.says(['gone', reason]);
        expect(mutation.told).toEqual([fault('session-lost', 'unknown', reason)]);
        expect(bench.hellos().map((it) => it['mode'])).toEqual(['resume', 'open']);
        expect(bench.messages()).toEqual([
          [1, 1, 'b'],
          [2, 2, 'c'],
        ]);
        await bench.welcomes({ limits });
        await answers(bench, 1, 2);
        expect([query.told, unsent.told]).toEqual([[['result', 1]], [['result', 2]]]);
      }),
    );
  }

  const counts: Readonly<Record<string, { sent: number; received: number }>> = {
    'has received more than was sent': { sent: 1, received: 4 },
    'has received less than it acknowledged': { sent: 1, received: 1 },
    'has sent less than arrived': { sent: 0, received: 3 },
  };
  for (const [what, fields] of Object.entries(counts)) {
    it(
      `a welcome whose server ${what}: a miscount`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const call = bench.mutation('a');
        await calls(bench, 2);
        await bench.says(['ack', 0, 2], [[4, 3, 'x']]);
        await bench.dropsAndRedials();
        await bench.resumes(fields);
        expect(bench.socket.frames.at(-1)).toEqual(['bye', 'miscount']);
        expect(bench.socket.closed).toEqual({ code: 4422, reason: 'miscount' });
        expect(call.told).toEqual([fault('session-lost', 'unknown', 'miscount')]);
        expect(dataOf(bench.socket.frames)).toEqual([]);
        await bench.untilNextDial();
        await bench.opens();
        expect(bench.hellos()[0]).toMatchObject({ mode: 'open' });
      }),
    );
  }

  it(
    'no time of its own: after a day without a server the client asks',
    withClient({ timeoutMs: 1e9 }, async (bench) => {
      await bench.welcomes({ limits });
      const call = bench.mutation('a');
      await bench.settle();
      bench.socket.drops();
      await bench.advance(0);
      while (bench.clock.now() < 1_000_000 + 86_400_000) {
        await bench.untilNextDial();
        bench.socket.drops();
        await bench.advance(3_000_000);
      }
      if (!bench.socket.live) await bench.untilNextDial();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ mode: 'resume' });
      await bench.says(['gone', 'expired']);
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'expired')]);
    }),
  );
});

describe('a session that comes after one that was lost', () => {
  it(
    'is another: its secret, its counts and its ids begin anew, its dials do not',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await calls(bench, 2);
      await bench.says([[4, 1, 'x']]);
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'expired']);
      bench.query('b');
      await bench.welcomes({ limits });
      expect(bench.messages()).toEqual([[1, 1, 'b']]);
      await bench.says(['ping', 0, 1], [[4, 1, 'y']]);
      await bench.dropsAndRedials();
      await bench.resumes({ sent: 1, received: 1 });
      expect(bench.hellos()[0]).toMatchObject({ mode: 'resume', dial: 4, sent: 1, received: 1 });
      expect(bench.connection.state).toBe('open');
    }),
  );
});
