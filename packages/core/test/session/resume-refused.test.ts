import { describe, expect, it } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import type { Frame, Json } from '../harness/frames.ts';
import { helloFrame, resumeFrame, secretOf } from '../harness/frames.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';
import type { ServerBench, ServerOptions } from '../harness/server-bench.ts';
import { withServer } from '../harness/server-bench.ts';

const window = 60_000;
const call = (id: number): Frame => [[2, id, 'greet', id]];
const handlers = { greet: ({ input }: { input: unknown }) => `hi ${String(input)}` };

/** A client whose three calls were answered, and who has acknowledged the first answer. */
async function served(bench: ServerBench): Promise<ScriptedSocket> {
  const victim = await bench.enter('a');
  for (let id = 1; id <= 3; id++) await bench.says(victim, call(id));
  await bench.says(victim, ['ack', 3, 1]);
  return victim;
}

/** Its counts, as a right `hello` would say them. */
const counts = { sent: 3, received: 1 };

/** A `hello` that fails, and what its socket is told. */
interface Failure {
  readonly hello: Frame;
  /** Said by the same socket right after it. */
  readonly after?: string | Uint8Array;
  readonly bye?: CloseName;
  readonly gone?: string;
}

const failures: Readonly<Record<string, Failure>> = {
  'with a secret that nobody has': { hello: resumeFrame('b', counts), gone: 'expired' },
  'that was meant for another run of the server': {
    hello: resumeFrame('b', { ...counts, server: 'another' }),
    gone: 'restarted',
  },
  'that opens with its secret': {
    hello: helloFrame({ secret: secretOf('a'), dial: 2 }),
    bye: 'known-secret',
  },
  'with the number of the dial before it': {
    hello: resumeFrame('a', { ...counts, dial: 1 }),
    bye: 'stale-dial',
  },
  'that has sent less than arrived': { hello: resumeFrame('a', { ...counts, sent: 2 }), bye: 'miscount' },
  'that has received more than was sent': {
    hello: resumeFrame('a', { ...counts, received: 4 }),
    bye: 'miscount',
  },
  'that has received less than it acknowledged': {
    hello: resumeFrame('a', { ...counts, received: 0 }),
    bye: 'miscount',
  },
  'without its fields': { hello: ['hello', { mode: 'resume', secret: secretOf('a') }], bye: 'malformed' },
  'that says trouble when its context is made': {
    hello: resumeFrame('a', { ...counts, params: { failure: 'trouble' } }),
    bye: 'trouble',
  },
  'whose credentials are refused': {
    hello: resumeFrame('a', { ...counts, params: { failure: 'unauthorized' } }),
    bye: 'unauthorized',
  },
  'that is forbidden': {
    hello: resumeFrame('a', { ...counts, params: { failure: 'forbidden' } }),
    bye: 'forbidden',
  },
  'whose context is a bad request': {
    hello: resumeFrame('a', { ...counts, params: { failure: 'bad-request' } }),
    bye: 'bad-request',
  },
  'of another identity': { hello: resumeFrame('a', { ...counts, params: { user: 'eve' } }), gone: 'refused' },
  'of no identity': { hello: resumeFrame('a', { ...counts, params: { user: null } }), gone: 'refused' },
  'whose identity cannot be told': {
    hello: resumeFrame('a', { ...counts, params: { user: 'throws' } }),
    bye: 'trouble',
  },
  'followed by data, before its answer': {
    hello: resumeFrame('a', counts),
    after: JSON.stringify(call(4)),
    bye: 'unexpected',
  },
  'followed by another': {
    hello: resumeFrame('a', counts),
    after: JSON.stringify(resumeFrame('a', { ...counts, dial: 3 })),
    bye: 'unexpected',
  },
  'followed by what is no frame': { hello: resumeFrame('a', counts), after: '["hola"]', bye: 'malformed' },
  'followed by bytes': { hello: resumeFrame('a', counts), after: new Uint8Array(3), bye: 'unexpected' },
};

const refusals: readonly string[] = ['unauthorized', 'forbidden', 'bad-request'] satisfies CloseName[];

/** A server whose contexts fail, and whose users are, as the params say. */
const options: ServerOptions = {
  handlers,
  limits: { window },
  createContext: (_, params) => {
    if (params['failure'] !== undefined) throw new Error(String(params['failure']));
    return params;
  },
  refuse: (failure) => {
    const message = failure instanceof Error ? failure.message : '';
    return { name: (refusals.includes(message) ? message : 'trouble') as CloseName, error: { message } };
  },
  identity: (context) => {
    const { user } = context as { user?: Json };
    if (user === 'throws') throw new Error('no identity');
    return user === null ? undefined : String(user ?? 'ada');
  },
};

async function fails(bench: ServerBench, { hello, after, bye, gone }: Failure): Promise<void> {
  const socket = bench.visit();
  socket.says(hello);
  if (after !== undefined) socket.saysRaw(after);
  await bench.settle();
  if (bye) {
    expect(socket.frames.at(-1)?.slice(0, 2)).toEqual(['bye', bye]);
    expect(socket.closed?.reason).toBe(bye);
  } else {
    expect(socket.frames).toEqual([['gone', gone]]);
    expect(socket.live).toBe(true);
  }
}

describe('a hello that fails leaves the session as it was', () => {
  for (const [what, failure] of Object.entries(failures)) {
    it(
      `one ${what}: its live socket is told nothing and goes on`,
      withServer(options, async (bench) => {
        const victim = await served(bench);
        const before = [...victim.texts];
        await fails(bench, failure);
        expect(victim.texts).toEqual(before);
        expect(victim.live).toBe(true);
        await bench.says(victim, call(4), ['ping', 4, 3]);
        expect(victim.frames.slice(before.length)).toEqual([['pong', 3, 4], [[4, 4, 'hi 4']]]);
      }),
    );

    it(
      `one ${what}: what it keeps, its dial and its counts are as before`,
      withServer(options, async (bench) => {
        const victim = await served(bench);
        const kept = victim.texts.slice(-2);
        await fails(bench, failure);
        const again = await bench.resume('a', counts);
        expect(again.frames[0]).toMatchObject(['welcome', { resumed: true, sent: 3, received: 3 }]);
        expect(again.texts.slice(1)).toEqual(kept);
        expect(bench.dispatch.ran).toHaveLength(3);
      }),
    );

    it(
      `one ${what}: without a socket it expires when it would have`,
      withServer(options, async (bench) => {
        const victim = await served(bench);
        victim.drops();
        await bench.advance(window / 2);
        await fails(bench, failure);
        await bench.advance(window / 2 - 1);
        expect(bench.host.size).toBe(1);
        await bench.advance(1001);
        expect(bench.host.size).toBe(0);
      }),
    );
  }
});
