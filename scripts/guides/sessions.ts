// What docs/guide/sessions.md takes for granted.
import type { ServerSession } from '@hawser/adapter-node';
import type { Client, Connection } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';

interface User {
  readonly id: string;
}

const t = initTRPC.context<{ user: User; session: ServerSession }>().create();
const router = t.router({
  orders: t.router({
    place: t.procedure.input(z.object({ item: z.string() })).mutation(({ input }) => input.item),
  }),
});

declare global {
  interface Draft {
    readonly text: string;
  }
  const appRouter: typeof router;
  const api: Client<typeof router>;
  const connection: Connection;
  const order: { item: string };
  function userOf(token: unknown): Promise<User | undefined>;
  function signInAgain(): Promise<void>;
}
