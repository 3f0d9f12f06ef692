// What docs/guide/errors.md takes for granted of tRPC's own client, and of TanStack Query.
import type { useMutation as useTanstackMutation } from '@tanstack/react-query';
import type { TRPCClient } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { z } from 'zod';

const t = initTRPC.create();
const Order = z.object({ item: z.string(), key: z.string() });
const appRouter = t.router({
  orders: t.router({ place: t.procedure.input(Order).mutation(({ input }) => input.item) }),
});

declare global {
  const client: TRPCClient<typeof appRouter>;
  const trpc: TRPCOptionsProxy<typeof appRouter>;
  const useMutation: typeof useTanstackMutation;
  const order: { item: string };
  const key: string;
}
