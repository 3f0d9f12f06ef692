import { serve } from '@hawser/adapter-node';
import { createClient } from '@hawser/client';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Mount, Running } from '../../../shared/src/server/mount.js';
import type { ClientRouter } from '../page/client-router.js';
import { Bay } from './bay.js';
import { createRouter } from './router.js';

/** Outlives the server: barrels that were gathered stay gathered. */
const bay = new Bay();

/** Called at each start of the server. */
export async function startGame(mount: Mount): Promise<Running> {
  return serve({
    ...mount,
    router: createRouter(bay),
    createContext: ({ params, session }) => ({
      player: playerOf(params),
      page: createClient<ClientRouter>(session),
    }),
  });
}

function playerOf(params: unknown): string {
  const caller = z.object({ player: z.string().min(1).max(64) }).safeParse(params);
  if (!caller.success) throw new TRPCError({ code: 'BAD_REQUEST', message: 'Nobody is at the helm' });
  return caller.data.player;
}
