import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { here, openDock, reaches } from './dock.ts';
import { tapped } from './tap.ts';

const dock = openDock();

/** Characters after which a frame is full. */
const fullFrame = 65_536;

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input((value) => value as string).query(({ input }) => input),
  burst: t.procedure.subscription(async function* () {
    yield* Array.from({ length: 60 }, (_, i) => i);
  }),
});

/** A connection, and the data frames that pass over its socket. */
async function watched() {
  const tap = tapped((frame) => !frame.startsWith('["'));
  const server = dock.keep(await serve({ router, ...here }));
  const connection = dock.keep(connect({ url: server.url, WebSocket: tap.WebSocket }));
  await reaches(connection, 'open');
  return { frames: tap, api: createClient<typeof router>(connection) };
}

/** Messages are arrays; what else is in a frame is an acknowledgement. */
function messages(frames: string[]): number {
  return frames.flatMap((frame) => JSON.parse(frame) as unknown[]).filter(Array.isArray).length;
}

/** Messages are carried out 16 at a time at least, and what these gave leaves together. */
const leastAtOnce = 16;

function expectFull(frames: string[]): void {
  for (const frame of frames.slice(0, -1)) expect(messages([frame])).toBeGreaterThanOrEqual(leastAtOnce);
}

test('1,000 calls of one turn leave in one frame, and their answers in few', async () => {
  const { api, frames } = await watched();
  const names = Array.from({ length: 1000 }, (_, i) => `call ${i}`);
  expect(await Promise.all(names.map((name) => api.echo.query(name)))).toEqual(names);
  expect(frames.sent).toHaveLength(1);
  expectFull(frames.received);
  expect([messages(frames.sent), messages(frames.received)]).toEqual([1000, 1000]);
});

test('calls that are too many for a frame leave in as few as hold them', async () => {
  const { api, frames } = await watched();
  const names = Array.from({ length: 1000 }, (_, i) => `call ${i} ${'x'.repeat(500)}`);
  expect(await Promise.all(names.map((name) => api.echo.query(name)))).toEqual(names);
  // Every frame but the last is so full that not one more call would go in.
  for (const frame of frames.sent.slice(0, -1)) expect(frame.length).toBeGreaterThan(fullFrame - 600);
  for (const frame of frames.sent) expect(frame.length).toBeLessThanOrEqual(fullFrame);
  expect([messages(frames.sent), messages(frames.received)]).toEqual([1000, 1000]);
});

test('calls of one turn leave together although they are started in different microtasks', async () => {
  const { api, frames } = await watched();
  await Promise.all(
    Array.from({ length: 20 }, async (_, depth) => {
      for (let i = 0; i < depth; i++) await undefined;
      return api.echo.query('x');
    }),
  );
  expect(frames.sent).toHaveLength(1);
});

test('the items of one turn share a frame', async () => {
  const { api, frames } = await watched();
  const items: number[] = [];
  for await (const item of api.burst.subscribe()) items.push(item);
  expect(items).toHaveLength(60);
  expectFull(frames.received);
});
