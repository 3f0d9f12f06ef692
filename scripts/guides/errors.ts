// What docs/guide/errors.md takes for granted.
import type { Client } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';

const t = initTRPC.create();
const Order = z.object({ item: z.string(), key: z.string().optional() });
const appRouter = t.router({
  orders: t.router({ place: t.procedure.input(Order).mutation(({ input }) => input.item) }),
});

declare global {
  const api: Client<typeof appRouter>;
  const order: z.infer<typeof Order>;
  const key: string;
  function retryLater(order: unknown): void;
  function askTheServer(order: unknown): void;
  function show(error: unknown): void;
}
