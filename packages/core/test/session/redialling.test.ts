import { describe, expect, it } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { closeCodes } from '../../src/wire/close-codes.ts';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { messagesOf, welcomeFrame } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';

const names = Object.keys(closeCodes) as CloseName[];
const others = names.filter((name) => closeCodes[name].client === 'redial');

describe('trouble', () => {
  for (const name of others) {
    it(
      `(${name}) in answer to hello makes the client redial with backoff, and its calls wait`,
      withClient({}, async (bench) => {
        const call = bench.query('a');
        await bench.opens();
        await bench.says(['bye', name, { message: 'm' }]);
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: name });
        expect(call.told).toEqual([]);
        await bench.untilNextDial();
      }),
    );

    it(
      `(${name}) told by a close code of an open session makes the client redial`,
      withClient({}, async (bench) => {
        await bench.welcomes();
        const { code } = closeCodes[name];
        bench.socket.drops(code);
        // Codes that are not the protocol's own say nothing but that the socket is gone.
        const reason = code < 4400 ? 'dropped' : name;
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason });
        await bench.untilNextDial();
      }),
    );
  }

  for (const code of [1005, 1006, 1008, 1009, 1011, 1012, 3000, 4999]) {
    it(
      `is any other close code, such as ${code} while a socket opens`,
      withClient({}, async (bench) => {
        bench.socket.drops(code);
        expect(bench.connection.status.retryAt).toBeDefined();
        await bench.untilNextDial();
      }),
    );
  }

  it(
    'leaves the session as it is before welcome: what was sent may have run, so the client asks',
    withClient({}, async (bench) => {
      const call = bench.mutation('a');
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ mode: 'resume' });
      expect(call.told).toEqual([]);
      await bench.says(['gone', 'off']);
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'off')]);
    }),
  );
});

describe('the delay before a redial', () => {
  it(
    'is what the status says',
    withClient({}, async (bench) => {
      bench.random.fixed = 0.5;
      bench.socket.drops();
      const at = bench.clock.now();
      expect(bench.connection.status).toMatchObject({ state: 'waiting', attempt: 1, retryAt: at + 250 });
      await bench.advance(249);
      expect(bench.sockets).toHaveLength(1);
      await bench.advance(1);
      expect(bench.sockets).toHaveLength(2);
    }),
  );

  it(
    'doubles when sockets open and never come to a session: a server that refuses makes no busy loop',
    withClient({}, async (bench) => {
      bench.random.fixed = 1;
      const delays: number[] = [];
      for (let i = 0; i < 5; i++) {
        await bench.opens();
        bench.socket.drops();
        delays.push((bench.connection.status.retryAt ?? 0) - bench.clock.now());
        await bench.untilNextDial();
      }
      expect(delays).toEqual([500, 1000, 2000, 4000, 8000]);
    }),
  );

  it(
    'doubles when sessions are accepted and lost at once',
    withClient({}, async (bench) => {
      bench.random.fixed = 1;
      for (let i = 0; i < 4; i++) {
        await bench.welcomes();
        await bench.dropsAndRedials();
      }
      await bench.welcomes();
      bench.socket.drops();
      expect((bench.connection.status.retryAt ?? 0) - bench.clock.now()).toBeGreaterThanOrEqual(4000);
    }),
  );

  it(
    'comes down to 2 s when lines break soon but bring something, and does not when they bring nothing',
    withClient({}, async (bench) => {
      bench.random.fixed = 1;
      const delays = async (brings: boolean, times: number): Promise<number[]> => {
        const all: number[] = [];
        for (let i = 0; i < times; i++) {
          if (bench.hellos().length === 0) await bench.resumes(counts());
          if (brings) await bench.says([[4, 99, 'x']]);
          received += brings ? 1 : 0;
          bench.socket.drops();
          all.push((bench.connection.status.retryAt ?? 0) - bench.clock.now());
          await bench.untilNextDial();
        }
        return all;
      };
      let received = 0;
      const counts = (): { sent: number; received: number } => ({ sent: received, received: 0 });
      await bench.welcomes({ limits: { window: 60_000 } });
      expect(await delays(false, 6)).toEqual([50, 1000, 2000, 4000, 8000, 16_000]);
      expect(await delays(true, 3)).toEqual([2000, 2000, 2000]);
      expect(await delays(false, 2)).toEqual([4000, 8000]);
    }),
  );

  it(
    'is within the announced spread after a session that lasted',
    withClient({}, async (bench) => {
      bench.random.fixed = 1;
      await bench.welcomes({ limits: { spread: 777 } });
      await bench.advance(5000);
      bench.socket.drops();
      expect((bench.connection.status.retryAt ?? 0) - bench.clock.now()).toBe(777);
    }),
  );

  it(
    'grows with violations like with failed dials',
    withClient({}, async (bench) => {
      bench.random.fixed = 1;
      const delays: number[] = [];
      for (let i = 0; i < 3; i++) {
        await bench.welcomes();
        await bench.says(['nonsense']);
        delays.push((bench.connection.status.retryAt ?? 0) - bench.clock.now());
        await bench.untilNextDial();
      }
      expect(delays[1]).toBeGreaterThan(delays[0] ?? 0);
      expect(delays[2]).toBeGreaterThan(delays[1] ?? 0);
    }),
  );

  it(
    'is cut short by wake and by retry, with one dial each',
    withClient({}, (bench) => {
      bench.socket.drops();
      bench.connection.wake();
      bench.connection.wake();
      expect(bench.sockets).toHaveLength(2);
      bench.socket.drops();
      bench.connection.retry();
      bench.connection.wake();
      expect(bench.sockets).toHaveLength(3);
    }),
  );

  it(
    'does not come into it when the machine wakes during a dial that is stuck: the next is made at once',
    withClient({}, async (bench) => {
      const stuck = bench.socket;
      await bench.advance(999);
      bench.connection.wake();
      expect(bench.sockets).toHaveLength(1);
      await bench.advance(1);
      bench.connection.wake();
      expect(bench.sockets).toHaveLength(2);
      expect(stuck.terminated).toBe(true);
      expect(bench.states).toEqual(['connecting', 'waiting', 'connecting']);
      bench.connection.wake();
      expect(bench.sockets).toHaveLength(2);
    }),
  );

  it(
    'does not come into it when the machine wakes while hello waits for its answer, which is given 3 s more',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.advance(1000);
      bench.connection.wake();
      await bench.advance(2999);
      expect(bench.sockets).toHaveLength(1);
      expect(bench.socket.live).toBe(true);
      await bench.advance(1);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
    }),
  );

  it(
    'is given 3 s more by the first wake alone, and never more than it had',
    withClient({}, async (bench) => {
      await bench.opens();
      bench.connection.wake();
      await bench.advance(2000);
      bench.connection.wake();
      await bench.advance(1000);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
      await bench.untilNextDial();
      await bench.opens();
      await bench.advance(9000);
      bench.connection.wake();
      await bench.advance(1000);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
    }),
  );

  it(
    'does not come into it when the answer comes within those 3 s',
    withClient({}, async (bench) => {
      await bench.opens();
      bench.connection.wake();
      await bench.advance(2999);
      await bench.says(welcomeFrame());
      await bench.advance(8000);
      expect(bench.states).toEqual(['connecting', 'open']);
    }),
  );

  it(
    'is not cut short by a call',
    withClient({}, (bench) => {
      bench.socket.drops();
      bench.query('a');
      expect(bench.sockets).toHaveLength(1);
    }),
  );
});

describe('late events of an old socket', () => {
  it(
    'change nothing, whatever they are',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const { socket: old } = bench;
      const { events } = old;
      await bench.dropsAndRedials();
      const call = bench.query('a');
      await bench.welcomes();
      const { length } = bench.statuses;
      const frames = bench.socket.texts.length;
      events?.frame('["bye","unauthorized"]');
      events?.frame('[[4,1,"from the old one"]]');
      events?.frame('nonsense');
      events?.drained();
      events?.closed(4401);
      (events as { opened?: () => void }).opened?.();
      await bench.settle();
      expect(bench.statuses).toHaveLength(length);
      expect(bench.socket.texts).toHaveLength(frames);
      expect(call.told).toEqual([]);
      expect(messagesOf(old.frames)).toEqual([]);
      expect(bench.connection.state).toBe('open');
    }),
  );

  it(
    'change nothing when the socket was given up before it opened',
    withClient({}, async (bench) => {
      const { events } = bench.socket;
      await bench.advance(10_000);
      await bench.untilNextDial();
      (events as { opened?: () => void }).opened?.();
      events?.closed(4401);
      expect(bench.connection.state).toBe('connecting');
      expect(bench.sockets).toHaveLength(2);
      expect(bench.sockets[0]?.texts).toEqual([]);
    }),
  );
});

describe('a socket that tells its close while it is being closed', () => {
  const cases: Readonly<Record<string, (bench: ClientBench) => Promise<void>>> = {
    malformed: async (bench) => {
      await bench.welcomes();
      await bench.says(['nonsense']);
    },
    dead: async (bench) => {
      await bench.welcomes();
      await bench.advance(15_000);
    },
    'no-answer': async (bench) => {
      await bench.opens();
      await bench.advance(10_000);
    },
    'not-hawser': async (bench) => {
      await bench.opens();
      await bench.says(['ping', 0, 0]);
    },
    unauthorized: async (bench) => {
      await bench.opens();
      await bench.says(['bye', 'unauthorized']);
    },
    ended: async (bench) => {
      await bench.welcomes();
      await bench.says(['bye', 'ended']);
    },
  };
  for (const [reason, play] of Object.entries(cases)) {
    it(
      `does not change what is told of it (${reason})`,
      withClient({ lazy: true }, async (bench) => {
        bench.tellsAtOnce = true;
        bench.connection.retry();
        await play(bench);
        const waits = bench.statuses.filter(({ state }) => state === 'waiting');
        expect(waits.map((it) => it.reason)).toEqual([reason]);
      }),
    );
  }
});

describe('a socket whose events come before it is in hand', () => {
  it(
    'as when a runtime closes it while it is made, is redialled',
    withClient({ lazy: true }, async (bench) => {
      bench.onDial = (_, events) => events.closed(1006);
      bench.query('a');
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'unreachable' });
      bench.onDial = undefined;
      for (const socket of bench.sockets) socket.terminate();
      await bench.untilNextDial();
    }),
  );
});
