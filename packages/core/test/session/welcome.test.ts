import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { dataOf, secretOf, welcomeFrame } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';

describe('welcome', () => {
  it(
    'opens the connection',
    withClient({}, async (bench) => {
      await bench.welcomes();
      expect(bench.states).toEqual(['connecting', 'open']);
      expect(bench.connection.status).toEqual({
        state: 'open',
        reason: undefined,
        attempt: 0,
        retryAt: undefined,
      });
    }),
  );

  it(
    'with counts that cannot be is a miscount, and the next dial opens a new session',
    withClient({}, async (bench) => {
      await bench.welcomes({ received: 1 });
      expect(bench.socket.frames.at(-1)).toEqual(['bye', 'miscount']);
      expect(bench.socket.closed).toEqual({ code: 4422, reason: 'miscount' });
      const [first] = bench.hellos();
      await bench.untilNextDial();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ mode: 'open', dial: 2 });
      expect(bench.hellos()[0]?.['secret']).not.toBe(first?.['secret']);
    }),
  );

  it(
    'with counts that cannot be is a miscount also in answer to resume',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.welcomes({ resumed: true, received: 3 });
      expect(bench.socket.frames.at(-1)).toEqual(['bye', 'miscount']);
      expect(bench.socket.closed).toEqual({ code: 4422, reason: 'miscount' });
    }),
  );

  it(
    'a second time is unexpected',
    withClient({}, async (bench) => {
      await bench.welcomes();
      await bench.says(welcomeFrame());
      expect(bench.socket.closed).toEqual({ code: 4421, reason: 'unexpected' });
      expect(bench.connection.status.state).toBe('waiting');
      expect(bench.connection.status.retryAt).toBeDefined();
    }),
  );

  it(
    'that was lost makes the next hello say resume, with the same secret and a higher dial',
    withClient({}, async (bench) => {
      bench.query('a');
      await bench.opens();
      const [first] = bench.hellos();
      await bench.dropsAndRedials();
      await bench.opens();
      expect(bench.hellos()).toEqual([{ ...first, mode: 'resume', dial: 2, sent: 1 }]);
      expect(dataOf(bench.socket.frames)).toEqual([]);
    }),
  );
});

describe('a handshake that the machine slept through', () => {
  it(
    'is judged once what lay in the socket was read: the welcome may be there',
    withClient({}, async (bench) => {
      await bench.opens();
      bench.clock.sleep(600_000);
      // Overdue timers come first, then what lies in the sockets, then the rest of the turn.
      await bench.clock.advance(0, () => Promise.resolve());
      bench.socket.says(welcomeFrame());
      await bench.settle();
      expect(bench.connection.state).toBe('open');
      expect(bench.socket.live).toBe(true);
    }),
  );

  it(
    'is over when there was nothing to read',
    withClient({}, async (bench) => {
      await bench.opens();
      bench.clock.sleep(600_000);
      await bench.advance(0);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
    }),
  );
});

describe('a welcome that answers another question', () => {
  it(
    'such as resumed to open, or opened to resume, is not what a Hawser server says',
    withClient({}, async (bench) => {
      await bench.welcomes({ resumed: true });
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
      bench.connection.retry();
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.welcomes({ resumed: false });
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
    }),
  );
});

describe('gone', () => {
  it(
    'makes the client open a new session on the same socket, and send what waits there',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      const call = bench.query('a');
      await bench.opens();
      await bench.says(['gone', 'off']);
      const [resume, open] = bench.hellos();
      expect(resume).toMatchObject({ mode: 'resume', dial: 2 });
      expect(open).toMatchObject({ mode: 'open', dial: 3, sent: 0, received: 0 });
      expect(open?.['secret']).not.toBe(resume?.['secret']);
      expect(bench.sockets).toHaveLength(2);
      expect(bench.messages()).toEqual([[1, 1, 'a']]);
      await bench.says(welcomeFrame(), [[4, 1, 'x']]);
      expect(bench.connection.state).toBe('open');
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'has the whole handshake anew',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.advance(9000);
      await bench.says(['gone', 'off']);
      await bench.advance(9000);
      expect(bench.socket.live).toBe(true);
      await bench.advance(1000);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
    }),
  );

  it(
    'in answer to open is not what a Hawser server says',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.says(['gone', 'off']);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
      expect(bench.connection.status.retryAt).toBeUndefined();
    }),
  );

  it(
    'a second time is not what a Hawser server says',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'off']);
      await bench.says(['gone', 'off']);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
    }),
  );

  it(
    'names the server of the last welcome in the hello that follows it',
    withClient({}, async (bench) => {
      await bench.welcomes({ server: 'K1' });
      await bench.dropsAndRedials();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ server: 'K1' });
    }),
  );
});

describe('an answer that no Hawser server gives', () => {
  const answers: Readonly<Record<string, string | Uint8Array>> = {
    tRPC: '{"id":null,"error":{}}',
    text: 'hello',
    'an empty frame': '[]',
    data: '[[4,1,"x"]]',
    'an echo of the hello': JSON.stringify([
      'hello',
      { mode: 'open', secret: secretOf('s'), dial: 1, sent: 0, received: 0 },
    ]),
    'a ping': '["ping",0,0]',
    'a welcome without its fields': '["welcome",{}]',
    'a bye of an unknown name': '["bye","constructor"]',
    bytes: new Uint8Array([1, 2, 3]),
  };
  for (const [what, data] of Object.entries(answers)) {
    it(
      `such as ${what}, drops the socket and makes the client wait for its user`,
      withClient({}, async (bench) => {
        const left = bench.mutation('a');
        await bench.opens();
        const unsent = bench.mutation('b');
        bench.socket.saysRaw(data);
        await bench.settle();
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
        expect(bench.connection.status.retryAt).toBeUndefined();
        expect(bench.socket.terminated).toBe(true);
        expect(left.told).toEqual([fault('refused', 'unknown', 'not-hawser')]);
        expect(unsent.told).toEqual([fault('refused', 'not-run', 'not-hawser')]);
        await bench.advance(3_600_000);
        expect(bench.sockets).toHaveLength(1);
      }),
    );
  }
});
