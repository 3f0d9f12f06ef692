import type { IncomingCall } from '@hawser/core';
import { initTRPC } from '@trpc/server';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { LateDispatch } from '../src/late-dispatch.ts';

/** How often the code that serves a router cannot be loaded, as while a page is offline; and how often it was asked for. */
const loading = vi.hoisted(() => ({ failures: 0, attempts: 0 }));

vi.mock('@hawser/core/trpc', async (original) => {
  const real = await original<typeof import('@hawser/core/trpc')>();
  const routerDispatch: typeof real.routerDispatch = (options) => {
    loading.attempts++;
    if (loading.failures-- > 0) throw new Error('Failed to fetch');
    return real.routerDispatch(options);
  };
  return { ...real, routerDispatch };
});

const t = initTRPC.create();
const router = t.router({
  hello: t.procedure.query(() => 'hello'),
  boom: t.procedure.query(() => {
    throw new Error('boom');
  }),
});

function call(path: string): IncomingCall {
  const { signal } = new AbortController();
  return {
    type: 'query',
    path,
    input: undefined,
    found: [],
    after: undefined,
    context: {},
    signal,
    cancelled: false,
  };
}

function late() {
  const reported: string[] = [];
  const dispatch = new LateDispatch(router, (error) => void reported.push((error as Error).message));
  const run = async (path: string): Promise<unknown> => {
    const reply = await dispatch.run(call(path));
    if (reply.kind === 'error') return JSON.parse(reply.json) as unknown;
    return reply.kind === 'result' ? reply.data : reply.kind;
  };
  return { dispatch, run, reported };
}

beforeEach(() => {
  loading.failures = loading.attempts = 0;
});

describe('a client’s router', () => {
  test('is served with code that is loaded at its first call, once', async () => {
    const { run } = late();
    expect(loading.attempts).toBe(0);
    expect(await Promise.all([run('hello'), run('hello')])).toEqual(['hello', 'hello']);
    expect(await run('hello')).toBe('hello');
    expect(loading.attempts).toBe(1);
  });

  test('tells what its procedures throw, to the server and to the connection', async () => {
    const { run, reported } = late();
    expect(await run('boom')).toMatchObject({ message: 'boom', data: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(reported).toEqual(['boom']);
  });

  test('whose code could not be loaded answers with an error, and is loaded again at the next call', async () => {
    loading.failures = 1;
    const { run, reported } = late();
    const answers = await Promise.all([run('hello'), run('hello')]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ message: 'Failed to fetch', data: { code: 'INTERNAL_SERVER_ERROR' } });
    }
    expect(reported).toContain('Failed to fetch');
    expect(await run('hello')).toBe('hello');
    expect(loading.attempts).toBe(2);
  });

  test('phrases a failure that the peer met before anything was loaded', () => {
    const { dispatch } = late();
    const told: unknown = JSON.parse(dispatch.fail(call('hello'), new Error('too many')));
    expect(told).toMatchObject({ message: 'too many', data: { code: 'INTERNAL_SERVER_ERROR' } });
    const nameless: unknown = JSON.parse(dispatch.fail(call('hello'), Object.create(null)));
    expect(nameless).toMatchObject({ message: 'Something was thrown that cannot be read' });
    expect(loading.attempts).toBe(0);
  });
});
