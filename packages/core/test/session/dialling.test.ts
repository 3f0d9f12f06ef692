import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { welcomeFrame } from '../harness/frames.ts';

describe('the first dial', () => {
  it(
    'is made at once',
    withClient({}, (bench) => {
      expect(bench.sockets).toHaveLength(1);
      expect(bench.connection.state).toBe('connecting');
    }),
  );

  it(
    'is made at the first call when the connection is lazy, and only once',
    withClient({ lazy: true }, async (bench) => {
      await bench.advance(60_000);
      expect(bench.sockets).toHaveLength(0);
      expect(bench.connection.state).toBe('idle');
      expect(bench.clock.armed).toBe(0);
      bench.query('a');
      bench.query('b');
      expect(bench.sockets).toHaveLength(1);
    }),
  );

  it(
    'is made by retry when the connection is lazy',
    withClient({ lazy: true }, (bench) => {
      bench.connection.retry();
      expect(bench.sockets).toHaveLength(1);
    }),
  );

  it(
    'says hello when the socket opens, with what the page asks for',
    withClient({ params: () => ({ token: 't' }) }, async (bench) => {
      await bench.opens();
      expect(bench.hellos()).toEqual([
        {
          mode: 'open',
          secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
          dial: 1,
          sent: 0,
          received: 0,
          params: { token: 't' },
        },
      ]);
    }),
  );

  it(
    'says nothing before the socket opens',
    withClient({}, async (bench) => {
      bench.query('a');
      await bench.settle();
      expect(bench.socket.texts).toEqual([]);
    }),
  );

  it(
    'sends calls right behind its hello, before welcome',
    withClient({}, async (bench) => {
      const call = bench.query('a', 5);
      await bench.opens();
      expect(bench.messages()).toEqual([[1, 1, 'a', 5]]);
      await bench.says(welcomeFrame(), [[4, 1, 'answer']]);
      expect(call.told).toEqual([['result', 'answer']]);
    }),
  );
});

describe('silence', () => {
  it(
    'of a socket that does not open is no answer, and the client redials',
    withClient({}, async (bench) => {
      await bench.advance(10_000);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
      expect(bench.socket.terminated).toBe(true);
      await bench.untilNextDial();
    }),
  );

  it(
    'in answer to hello is no answer, counted from the opening of the socket',
    withClient({}, async (bench) => {
      await bench.advance(9000);
      await bench.opens();
      await bench.advance(9999);
      expect(bench.connection.state).toBe('connecting');
      await bench.advance(1);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
      expect(bench.socket.terminated).toBe(true);
      await bench.untilNextDial();
    }),
  );

  it(
    'after welcome ends nothing: the deadline of the handshake is gone',
    withClient({}, async (bench) => {
      await bench.welcomes();
      for (let i = 0; i < 5; i++) {
        await bench.advance(9000);
        await bench.says(['pong', 0, 0]);
      }
      expect(bench.connection.state).toBe('open');
    }),
  );
});

describe('a line that falls silent', () => {
  it(
    'is pinged, dropped without a closing handshake within 15 s, and dialled again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const { socket } = bench;
      await bench.advance(15_000);
      expect(socket.frames.filter(([name]) => name === 'ping')).toHaveLength(1);
      expect(socket.terminated).toBe(true);
      expect(socket.closed).toBeUndefined();
      expect(bench.statuses.some((it) => it.state === 'waiting' && it.reason === 'dead')).toBe(true);
    }),
  );

  it(
    'is pinged after half of the heartbeat while a call waits for its answer',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.query('a');
      await bench.advance(5000);
      expect(bench.socket.frames.filter(([name]) => name === 'ping')).toHaveLength(1);
    }),
  );

  it(
    'is tried at once by wake, and dead 3 s later',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.connection.wake();
      expect(bench.socket.frames.at(-1)).toEqual(['ping', 0, 0]);
      const { socket } = bench;
      await bench.advance(4000);
      expect(socket.terminated).toBe(true);
    }),
  );

  it(
    'is kept over a sleep of the machine when it answers then',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.clock.sleep(3_600_000);
      await bench.advance(0);
      expect(bench.socket.live).toBe(true);
      expect(bench.socket.frames.at(-1)).toEqual(['ping', 0, 0]);
      await bench.says(['pong', 0, 0]);
      await bench.advance(5000);
      expect(bench.connection.state).toBe('open');
    }),
  );

  it(
    'is kept by an answer that lies unread in the socket when the machine wakes, again and again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      for (let i = 0; i < 5; i++) {
        // It wakes for a moment, pings, and sleeps again; the answer comes meanwhile.
        bench.clock.sleep(600_000);
        await bench.advance(0);
        bench.clock.sleep(600_000);
        // Overdue timers come first, then what lies in the socket, then the rest of the turn.
        await bench.clock.advance(0, () => Promise.resolve());
        bench.socket.says(['pong', 0, 0]);
        await bench.settle();
        expect(bench.connection.state).toBe('open');
        await bench.advance(11_000);
      }
    }),
  );

  it(
    'uses the heartbeat that welcome announced',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { heartbeat: 400 } });
      await bench.advance(1000);
      expect(bench.socket.frames.filter(([name]) => name === 'ping')).toHaveLength(1);
    }),
  );
});

describe('a heartbeat that no server means', () => {
  it(
    'does not make the client spin',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { heartbeat: 0 } });
      await bench.advance(2000);
      expect(bench.socket.frames.filter(([name]) => name === 'ping').length).toBeLessThanOrEqual(80);
    }),
  );
});
