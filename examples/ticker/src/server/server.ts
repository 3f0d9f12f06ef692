import { serve } from '@hawser/adapter-node';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Mount, Running } from '../../../shared/src/server/mount.js';
import { Exchange } from './exchange.js';
import { type Context, createRouter } from './router.js';

/** Outlives the server: what was placed and traded is not the server's to lose. */
const exchange = new Exchange();

/** Called at each start of the server. */
export async function startTicker(mount: Mount): Promise<Running> {
  return serve({
    ...mount,
    router: createRouter(exchange),
    createContext: ({ params }) => contextOf(params),
  });
}

function contextOf(params: unknown): Context {
  const caller = z.object({ trader: z.string().min(1).max(64) }).safeParse(params);
  if (!caller.success) throw new TRPCError({ code: 'BAD_REQUEST', message: 'Nobody trades without a name' });
  return caller.data;
}
