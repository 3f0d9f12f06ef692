import type { ServerSession } from '@hawser/adapter-node';
import { stream } from '@hawser/adapter-node';
import { createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';

const t = initTRPC.create();

const clientRouter = t.router({
  confirm: t.procedure.input(z.object({ text: z.string() })).mutation(() => true),
  lines: t.procedure.query(async function* () {
    yield { n: 1 };
  }),
  moves: t.procedure.subscription(async function* () {
    yield 'left' as const;
  }),
  play: t.procedure.input(stream(z.instanceof(Uint8Array))).mutation(() => ({ played: 1 })),
});

declare const session: ServerSession;

test('a server calls the router of a client by its types', () => {
  const client = createClient<typeof clientRouter>(session);
  expectTypeOf(client.confirm.mutate({ text: 'sure?' })).resolves.toEqualTypeOf<boolean>();
  expectTypeOf(client.lines.query()).resolves.toEqualTypeOf<
    AsyncIterableIterator<{ n: number }, void, undefined>
  >();
  expectTypeOf(client.moves.subscribe()).toEqualTypeOf<AsyncIterableIterator<'left', void, undefined>>();
  expectTypeOf(client.play.mutate((async function* () {})())).resolves.toEqualTypeOf<{ played: number }>();
  // @ts-expect-error: the input of a procedure of the client
  void client.confirm.mutate({ text: 1 });
  // @ts-expect-error: items of the stream
  void client.play.mutate((async function* (): AsyncGenerator<number> {})());
});
