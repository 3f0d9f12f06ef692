import { describe, expect, it } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { closeCodes } from '../../src/wire/close-codes.ts';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { fault } from '../harness/recorded-call.ts';

const limits = { window: 60_000 };
const shape = { message: 'Token expired', code: -32001, data: { code: 'UNAUTHORIZED' } };

/** The session is gone, and another is open on the same socket. */
async function loses(bench: ClientBench): Promise<void> {
  await bench.dropsAndRedials();
  await bench.opens();
  await bench.says(['gone', 'expired']);
  await bench.welcomes({ limits });
}

describe('a resume that is refused', () => {
  const refusals = (Object.keys(closeCodes) as CloseName[]).filter((it) => closeCodes[it].client === 'wait');

  for (const name of refusals) {
    it(
      `(${name}) keeps the session: what is in no frame is turned away, what left waits for its answer`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const [first] = bench.hellos();
        const left = [bench.query('a'), bench.mutation('b')];
        await bench.settle();
        const unsent = bench.mutation('c');
        await bench.dropsAndRedials();
        const meanwhile = bench.query('d');
        await bench.opens();
        await bench.says(['bye', name, shape]);
        const refused = fault('refused', 'not-run', name, shape);
        expect([unsent.told, meanwhile.told]).toEqual([[refused], [refused]]);
        expect(left.map((it) => it.told)).toEqual([[], []]);
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: name, retryAt: undefined });
        await bench.advance(20_000);
        expect(bench.sockets).toHaveLength(2);
        bench.connection.retry();
        await bench.resumes({ sent: 1, received: 1 });
        expect(bench.hellos()[0]).toMatchObject({ mode: 'resume', secret: first?.['secret'], dial: 3 });
        await bench.says([
          [4, 1, 'x'],
          [4, 2, 'y'],
        ]);
        expect(left.map((it) => it.told)).toEqual([[['result', 'x']], [['result', 'y']]]);
        expect(bench.messages()).toEqual([]);
      }),
    );

    it(
      `(${name}) told by a close code of an open line is the same`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const left = bench.mutation('a');
        await bench.settle();
        const unsent = bench.mutation('b');
        bench.socket.drops(closeCodes[name].code);
        expect([left.told, unsent.told]).toEqual([[], [fault('refused', 'not-run', name)]]);
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: name, retryAt: undefined });
        bench.connection.retry();
        await bench.resumes({ received: 1 });
        await bench.says([[4, 1, 'x']]);
        expect(left.told).toEqual([['result', 'x']]);
      }),
    );
  }

  it(
    'is asked about anew by the next call, with one dial, and not by wake',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      bench.connection.wake();
      expect(bench.sockets).toHaveLength(2);
      const calls = [bench.query('a'), bench.query('b')];
      expect(bench.sockets).toHaveLength(3);
      await bench.resumes();
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b']);
      await bench.says([
        [4, 1, 'x'],
        [4, 2, 'y'],
      ]);
      expect(calls.map((it) => it.told)).toEqual([[['result', 'x']], [['result', 'y']]]);
    }),
  );

  it(
    'for longer than a call has patience rejects it as unknown, and cancels it when the session goes on',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const left = bench.mutation('a');
      const patient = bench.subscribe('s');
      await bench.settle();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      await bench.advance(31_000);
      expect(left.told).toEqual([fault('timeout', 'unknown')]);
      expect(patient.over).toBe(false);
      bench.connection.retry();
      await bench.resumes({ received: 1 });
      expect(bench.messages()).toEqual([[9, 1]]);
    }),
  );

  it(
    'and then gone rejects what had left as unknown, for it was let in before',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const left = bench.mutation('a');
      await bench.settle();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      bench.connection.retry();
      await bench.opens();
      await bench.says(['gone', 'expired']);
      expect(left.told).toEqual([fault('session-lost', 'unknown', 'expired')]);
    }),
  );

  it(
    'after a dial that never was answered keeps what had left, too: it may have run',
    withClient({}, async (bench) => {
      const left = bench.mutation('a');
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['bye', 'unauthorized', shape]);
      expect(left.told).toEqual([]);
      bench.connection.retry();
      await bench.resumes({ received: 1 });
      await bench.says([[4, 1, 'x']]);
      expect(left.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'by what is no Hawser server keeps a session that was welcome once: it may be the hotel’s page',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const left = bench.mutation('a');
      await bench.settle();
      await bench.dropsAndRedials();
      const unsent = bench.query('b');
      await bench.opens();
      bench.socket.saysRaw('<html>');
      await bench.settle();
      expect([left.told, unsent.told]).toEqual([[], [fault('refused', 'not-run', 'not-hawser')]]);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', retryAt: undefined });
      bench.connection.retry();
      await bench.resumes({ received: 1 });
      await bench.says([[4, 1, 'x']]);
      expect(left.told).toEqual([['result', 'x']]);
    }),
  );
});

describe('a call that is given up during an outage', () => {
  for (const how of ['aborted', 'timeout'] as const) {
    it(
      `(${how}) is unknown if it left, and its cancel follows it when the session goes on`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const abort = new AbortController();
        const call = bench.mutation('a', undefined, { signal: abort.signal, timeoutMs: 25_000 });
        await bench.settle();
        bench.socket.drops();
        if (how === 'aborted') abort.abort();
        else await bench.advance(25_000);
        expect(call.told).toEqual([fault(how, 'unknown')]);
        if (bench.sockets.length === 1) await bench.untilNextDial();
        await bench.resumes();
        expect(bench.messages()).toEqual([
          [2, 1, 'a', null, expect.objectContaining({ timeout: 25_000 })],
          [9, 1],
        ]);
        await bench.says([[8, 1]]);
        expect(call.told).toHaveLength(1);
      }),
    );

    it(
      `(${how}) is not run if it is in no frame: nothing of it ever leaves`,
      withClient({}, async (bench) => {
        await bench.welcomes({ limits });
        const abort = new AbortController();
        bench.socket.drops();
        const call = bench.mutation('a', undefined, { signal: abort.signal, timeoutMs: 25_000 });
        if (how === 'aborted') abort.abort();
        else await bench.advance(25_000);
        expect(call.told).toEqual([fault(how, 'not-run')]);
        if (bench.sockets.length === 1) await bench.untilNextDial();
        await bench.resumes();
        expect(bench.messages()).toEqual([]);
      }),
    );
  }

  it(
    'while its resume is undecided is no different',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const [left, unsent] = [new AbortController(), new AbortController()];
      bench.mutation('a', undefined, { signal: left.signal });
      await bench.settle();
      await bench.dropsAndRedials();
      const call = bench.mutation('b', undefined, { signal: unsent.signal });
      await bench.opens();
      left.abort();
      unsent.abort();
      expect(call.told).toEqual([fault('aborted', 'not-run')]);
      await bench.says([
        'welcome',
        { session: 'S', server: 'K', resumed: true, sent: 0, received: 1, limits },
      ]);
      expect(bench.messages()).toEqual([[9, 1]]);
    }),
  );

  it(
    'is not told anything more by what the server sends again',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const abort = new AbortController();
      const call = bench.query('a', undefined, { signal: abort.signal });
      await bench.settle();
      await bench.dropsAndRedials();
      abort.abort();
      await bench.resumes({ sent: 1, received: 1 });
      await bench.says([[4, 1, 'too late']]);
      expect(call.told).toEqual([fault('aborted', 'unknown')]);
    }),
  );

  it(
    'and was a subscription is cancelled when the session goes on',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([[6, 1]]);
      await bench.dropsAndRedials();
      sub.subscription.leave();
      await bench.resumes({ sent: 1, received: 1 });
      expect(bench.messages()).toEqual([[9, 1]]);
      await bench.says([[7, 1, 'late']], [[8, 1]]);
      expect(sub.story).toEqual(['started']);
    }),
  );
});

describe('calls that are made during an outage', () => {
  it(
    'wait for the session, and leave in their order after all that left before',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      bench.mutation('a');
      await bench.settle();
      bench.socket.drops();
      bench.query('b');
      await bench.untilNextDial();
      bench.mutation('c');
      await bench.opens();
      bench.subscribe('d');
      await bench.says([
        'welcome',
        { session: 'S', server: 'K', resumed: true, sent: 0, received: 0, limits },
      ]);
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b', 'c', 'd']);
      expect(bench.messages().map((it) => it[1])).toEqual([1, 2, 3, 4]);
    }),
  );

  it(
    'keep to the calls in flight that the session allows, those from before it included',
    withClient({}, async (bench) => {
      const few = { window: 60_000, calls: 2 };
      await bench.welcomes({ limits: few });
      bench.query('a');
      await bench.settle();
      bench.socket.drops();
      bench.query('b');
      bench.query('c');
      await bench.untilNextDial();
      await bench.resumes({ received: 1, limits: few });
      expect(bench.messages().map((it) => it[2])).toEqual(['b']);
      await bench.says([[4, 1, 'x']]);
      expect(bench.messages().map((it) => it[2])).toEqual(['b', 'c']);
    }),
  );

  it(
    'in flight are not made again when the session goes on, queries neither',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const call = bench.query('a');
      await bench.settle();
      for (let i = 0; i < 3; i++) {
        await bench.dropsAndRedials();
        await bench.resumes({ received: 1 });
        expect(bench.messages()).toEqual([]);
      }
      await bench.says([[4, 1, 'x']]);
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );
});

describe('a mutation whose session is lost', () => {
  it(
    'is made again once if it is idempotent, in call order with queries, and is unknown if not',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const once = bench.mutation('once');
      const calls = [
        bench.query('q1'),
        bench.mutation('m', { n: 1 }, { idempotent: true }),
        bench.query('q2'),
      ];
      await bench.settle();
      const unsent = bench.mutation('unsent');
      await loses(bench);
      expect(once.told).toEqual([fault('session-lost', 'unknown', 'expired')]);
      expect(bench.messages()).toEqual([
        [1, 1, 'q1'],
        [2, 2, 'm', { n: 1 }],
        [1, 3, 'q2'],
        [2, 4, 'unsent'],
      ]);
      await bench.says([1, 2, 3, 4].map((id) => [4, id, id]));
      expect([...calls, unsent].map((it) => it.told)).toEqual([1, 2, 3, 4].map((id) => [['result', id]]));
    }),
  );

  it(
    'a second time is unknown, idempotent or not: one that kills the server must not kill the fleet',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const call = bench.mutation('a', undefined, { idempotent: true });
      await bench.settle();
      await loses(bench);
      expect(bench.messages()).toHaveLength(1);
      await loses(bench);
      expect(bench.messages()).toEqual([]);
      expect(call.told).toEqual([fault('session-lost', 'unknown', 'expired')]);
    }),
  );

  it(
    'and that was cancelled, or answered, is not made again',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const abort = new AbortController();
      bench.mutation('a', undefined, { idempotent: true, signal: abort.signal });
      const answered = bench.mutation('b', undefined, { idempotent: true });
      await bench.settle();
      await bench.says([[4, 2, 'x']]);
      abort.abort();
      await loses(bench);
      expect(bench.messages()).toEqual([]);
      expect(answered.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'is not made again over a session that goes on, idempotent or not',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      bench.mutation('a', undefined, { idempotent: true });
      await bench.settle();
      await bench.dropsAndRedials();
      await bench.resumes({ received: 1 });
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'that was never opened, as the server says, has not run, answered or not: it moves',
    withClient({}, async (bench) => {
      const mutation = bench.mutation('a');
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'not-opened']);
      expect(mutation.told).toEqual([]);
      expect(bench.messages()).toEqual([[2, 1, 'a']]);
      await bench.welcomes({ limits });
      await loses(bench);
      expect(mutation.told).toEqual([fault('session-lost', 'unknown', 'expired')]);
    }),
  );

  it(
    'before any of its dials was let in has not run: it moves, and its abort says so',
    withClient({}, async (bench) => {
      const abort = new AbortController();
      const moved = bench.mutation('a');
      const aborted = bench.mutation('b', undefined, { signal: abort.signal });
      await bench.opens();
      await bench.says(['bye', 'trouble']);
      await bench.untilNextDial();
      await bench.opens();
      await bench.says(['gone', 'expired']);
      expect(bench.messages().map((it) => it[2])).toEqual(['a', 'b']);
      await bench.welcomes({ limits });
      abort.abort();
      expect(aborted.told).toEqual([fault('aborted', 'unknown')]);
      await bench.says([[4, 1, 'x']]);
      expect(moved.told).toEqual([['result', 'x']]);
    }),
  );
});

describe('a subscription over an outage', () => {
  it(
    'that its session survives goes on with the next item: no gap, no second start, no new call',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'a'],
      ]);
      await bench.dropsAndRedials();
      await bench.resumes({ sent: 2, received: 1 });
      await bench.says([[7, 1, 'b']], [[8, 1]]);
      expect(sub.story).toEqual(['started', '"a"', '"b"', 'ended']);
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'goes on paying for what is consumed: credit that was due waits, and is sent once',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const sub = bench.subscribe('s', undefined, { eager: false });
      await bench.settle();
      await bench.says([[6, 1], ...Array.from({ length: 64 }, (_, i) => [7, 1, i])]);
      bench.socket.drops();
      sub.take();
      await bench.untilNextDial();
      await bench.resumes({ sent: 1, received: 1 });
      const credits = bench.messages().filter(([kind]) => kind === 10);
      expect(credits.map((it) => it[2])).toEqual([32, 64]);
      await bench.dropsAndRedials();
      await bench.resumes({ sent: 1, received: 2 });
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'that its session does not survive continues at its cursor, or tells the gap',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const tracked = bench.subscribe('t');
      const gappy = bench.subscribe('u', undefined, { survivesGaps: true });
      const strict = bench.subscribe('v');
      await bench.settle();
      await bench.says([
        [6, 1],
        [6, 2],
        [6, 3],
        [7, 1, 'a', '17'],
        [7, 1, 'b'],
        [7, 2, 'a'],
        [7, 3, 'a'],
      ]);
      await loses(bench);
      expect(bench.messages()).toEqual([
        [3, 1, 't', null, { after: '17', void: 1 }],
        [3, 2, 'u'],
      ]);
      expect(tracked.story).toEqual(['started', '"a"@17', '"b"']);
      expect(gappy.story).toEqual(['started', '"a"', 'gap expired']);
      expect(strict.story).toEqual(['started', '"a"', 'fault gap unknown']);
    }),
  );

  it(
    'continues at the last position that it was told, which is no item',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits });
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'a', '1'],
        [11, 1, '5'],
      ]);
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'restarted']);
      expect(bench.messages()).toEqual([[3, 1, 's', null, { after: '5', void: 1 }]]);
      expect(sub.story).toEqual(['started', '"a"@1']);
    }),
  );
});
