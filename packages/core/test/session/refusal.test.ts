import { describe, expect, it } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { closeCodes } from '../../src/wire/close-codes.ts';
import { withClient } from '../harness/client-bench.ts';
import { welcomeFrame } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';

const names = Object.keys(closeCodes) as CloseName[];
const refusals = names.filter((name) => closeCodes[name].client === 'wait');
const never = names.filter((name) => closeCodes[name].client === 'never');

describe('a refusal', () => {
  const shape = { message: 'Token expired', code: -32001, data: { code: 'UNAUTHORIZED' } };

  for (const name of refusals) {
    it(
      `(${name}) rejects what was called with the server's error, certainly not run, and dials no more`,
      withClient({}, async (bench) => {
        const left = bench.mutation('a');
        await bench.opens();
        const unsent = bench.query('b');
        await bench.says(['bye', name, shape]);
        const refused = fault('refused', 'not-run', name, shape);
        expect(left.told).toEqual([refused]);
        expect(unsent.told).toEqual([refused]);
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: name });
        expect(bench.connection.status.retryAt).toBeUndefined();
        expect(bench.socket.closed).toBeDefined();
        await bench.advance(3_600_000);
        expect(bench.sockets).toHaveLength(1);
      }),
    );
  }

  it(
    'is told by its close code as well, without the error',
    withClient({}, async (bench) => {
      const call = bench.mutation('a');
      await bench.opens();
      bench.socket.drops(4401);
      expect(call.told).toEqual([fault('refused', 'not-run', 'unauthorized')]);
      await bench.advance(60_000);
      expect(bench.sockets).toHaveLength(1);
    }),
  );

  it(
    'keeps the connection idle: nothing ticks while it waits for its user',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      await bench.advance(60_000);
      expect(bench.clock.armed).toBe(0);
    }),
  );

  it(
    'ends with retry, which dials once, with a new session',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      const [before] = bench.hellos();
      bench.connection.retry();
      bench.connection.retry();
      expect(bench.sockets).toHaveLength(2);
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ mode: 'open', dial: 2 });
      expect(bench.hellos()[0]?.['secret']).not.toBe(before?.['secret']);
    }),
  );

  it(
    'ends with a new call, which dials once, and is refused again with that dial',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      const first = bench.query('a');
      const second = bench.query('b');
      expect(bench.sockets).toHaveLength(2);
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      expect(first.told).toEqual([fault('refused', 'not-run', 'unauthorized', shape)]);
      expect(second.told).toEqual(first.told);
      await bench.advance(60_000);
      expect(bench.sockets).toHaveLength(2);
    }),
  );

  it(
    'is not ended by wake: the network was not the reason',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.says(['bye', 'forbidden', shape]);
      bench.connection.wake();
      expect(bench.sockets).toHaveLength(1);
    }),
  );

  it(
    'that makes its user call again at once is a dial, not a call that waits for ever',
    withClient({}, async (bench) => {
      const first = bench.query('a');
      first.onTold = () => void bench.query('again');
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      expect(bench.sockets).toHaveLength(2);
      await bench.opens();
      expect(bench.messages()).toEqual([[1, 1, 'again']]);
    }),
  );

  it(
    'again and again slows down whoever calls again at each: that is no busy loop',
    withClient({}, async (bench) => {
      bench.random.fixed = 1;
      const delays: number[] = [];
      for (let i = 0; i < 6; i++) {
        await bench.opens();
        await bench.says(['bye', 'unauthorized', shape]);
        const since = bench.clock.now();
        const dials = bench.sockets.length;
        const call = bench.query('a');
        if (bench.sockets.length === dials) await bench.untilNextDial();
        delays.push(bench.clock.now() - since);
        expect(call.told).toEqual([]);
      }
      expect(delays[0]).toBe(0);
      for (let i = 2; i < 6; i++) expect(delays[i]).toBeGreaterThan(delays[i - 1] ?? 0);
      await bench.welcomes();
    }),
  );

  it(
    'again and again does not slow down retry: that is the user',
    withClient({}, async (bench) => {
      for (let i = 1; i <= 6; i++) {
        await bench.opens();
        await bench.says(['bye', 'unauthorized', shape]);
        bench.connection.retry();
        expect(bench.sockets).toHaveLength(i + 1);
      }
    }),
  );

  for (const name of refusals) {
    it(
      `(${name}) of an open session rejects what is in flight or waits, and dials no more`,
      withClient({}, async (bench) => {
        await bench.welcomes();
        const query = bench.query('a');
        const mutation = bench.mutation('b');
        await bench.settle();
        const unsent = bench.query('c');
        bench.socket.drops(closeCodes[name].code);
        expect(query.told).toEqual([fault('refused', 'unknown', name)]);
        expect(mutation.told).toEqual([fault('refused', 'unknown', name)]);
        expect(unsent.told).toEqual([fault('refused', 'not-run', name)]);
        await bench.advance(60_000);
        expect(bench.sockets).toHaveLength(1);
      }),
    );
  }
});

describe('a bye in place of welcome', () => {
  it(
    'that is trouble keeps the session: the client asks for it with the next dial',
    withClient({}, async (bench) => {
      const mutation = bench.mutation('a');
      await bench.opens();
      const [before] = bench.hellos();
      await bench.says(['bye', 'trouble']);
      await bench.untilNextDial();
      await bench.opens();
      expect(bench.hellos()).toEqual([{ ...before, mode: 'resume', dial: 2, sent: 1 }]);
      expect(bench.messages()).toEqual([]);
      await bench.says(welcomeFrame({ resumed: true, limits: { window: 60_000 } }));
      expect(bench.messages()).toEqual([[2, 1, 'a']]);
      await bench.says([[4, 1, 'once']]);
      expect(mutation.told).toEqual([['result', 'once']]);
    }),
  );

  for (const reason of ['expired', 'evicted', 'ended', 'restarted', 'off']) {
    it(
      `says that nothing has run: gone (${reason}) later, what was sent moves to a new session, mutations too`,
      withClient({}, async (bench) => {
        const mutation = bench.mutation('a');
        await bench.opens();
        await bench.says(['bye', 'trouble']);
        await bench.untilNextDial();
        await bench.opens();
        await bench.says(['bye', 'overloaded']);
        await bench.untilNextDial();
        await bench.opens();
        const [resume] = bench.hellos();
        await bench.says(['gone', reason]);
        expect(bench.hellos()[1]).toMatchObject({ mode: 'open', dial: 4, sent: 0, received: 0 });
        expect(bench.hellos()[1]?.['secret']).not.toBe(resume?.['secret']);
        expect(bench.messages()).toEqual([[2, 1, 'a']]);
        await bench.says(welcomeFrame(), [[4, 1, 'once']]);
        expect(mutation.told).toEqual([['result', 'once']]);
      }),
    );
  }

  it(
    'in answer to resume says nothing of what was sent before it: the client asks again',
    withClient({}, async (bench) => {
      const mutation = bench.mutation('a');
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['bye', 'trouble']);
      await bench.untilNextDial();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ mode: 'resume', dial: 3 });
      await bench.says(['gone', 'off']);
      expect(bench.messages()).toEqual([]);
      expect(mutation.told).toEqual([fault('session-lost', 'unknown', 'off')]);
    }),
  );

  for (const code of [1000, 1001, 1005, 1006, 3000, 4000, 4399, 4999]) {
    it(
      `is not a close code that anybody may give: after ${code} the client asks before it sends a mutation again`,
      withClient({}, async (bench) => {
        const mutation = bench.mutation('a');
        await bench.opens();
        await bench.dropsAndRedials(code);
        await bench.opens();
        expect(bench.hellos()[0]).toMatchObject({ mode: 'resume' });
        expect(bench.messages()).toEqual([]);
        await bench.says(['gone', 'off']);
        expect(mutation.told).toEqual([fault('session-lost', 'unknown', 'off')]);
      }),
    );
  }

  it(
    'is not 1009 either, which anybody may give: it ends the session, but a mutation may have run',
    withClient({}, async (bench) => {
      const mutation = bench.mutation('a');
      const query = bench.query('b');
      await bench.opens();
      const [before] = bench.hellos();
      await bench.dropsAndRedials(1009);
      expect(mutation.told).toEqual([fault('session-lost', 'unknown', 'too-large')]);
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ mode: 'open', dial: 2 });
      expect(bench.hellos()[0]?.['secret']).not.toBe(before?.['secret']);
      expect(bench.messages()).toEqual([[1, 1, 'b']]);
      await bench.says(welcomeFrame(), [[4, 1, 'x']]);
      expect(query.told).toEqual([['result', 'x']]);
    }),
  );
});

describe('a close after which the page has the client do nothing', () => {
  for (const name of never) {
    it(
      `(${name}) is followed by no redial, and no call waits for one`,
      withClient({}, async (bench) => {
        await bench.welcomes();
        const call = bench.query('a');
        await bench.settle();
        const unsent = bench.query('b');
        await bench.says(['bye', name]);
        expect(call.told).toEqual([fault('refused', 'unknown', name)]);
        expect(unsent.told).toEqual([fault('refused', 'not-run', name)]);
        await bench.advance(3_600_000);
        expect(bench.sockets).toHaveLength(1);
      }),
    );
  }
});
