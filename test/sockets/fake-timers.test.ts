import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { expect, test, vi } from 'vitest';
import { here, openDock, reaches } from './dock.ts';

const dock = openDock();

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input((value) => value as string).query(({ input }) => input),
});

test('a call is answered that is made while a test fakes what runs at the end of a turn, and so are those of other connections', async () => {
  const server = dock.keep(await serve({ router, ...here }));
  const connections = [1, 2].map(() => dock.keep(connect({ url: server.url })));
  for (const connection of connections) await reaches(connection, 'open');
  const [one, other] = connections.map((connection) => createClient<typeof router>(connection));
  for (const api of [one, other]) expect(await api?.echo.query('made before')).toBe('made before');
  const fakes = [
    vi.spyOn(globalThis, 'queueMicrotask').mockReturnValue(),
    vi.spyOn(process, 'nextTick').mockReturnValue(),
  ];
  const answer = one?.echo.query('made under fakes');
  for (const fake of fakes) fake.mockRestore();
  expect(await other?.echo.query('made later')).toBe('made later');
  expect(await answer).toBe('made under fakes');
});
