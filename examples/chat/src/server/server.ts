import { serve } from '@hawser/adapter-node';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import type { Mount, Running } from '../../../shared/src/server/mount.js';
import { firstMessages } from './first-messages.js';
import { MessageStore } from './message-store.js';
import { createRouter, Name } from './router.js';

/** Stands for what a token says. A chat of strangers would look up in it who they are, and what they are called. */
const Caller = z.object({ id: z.string().min(1).max(64), name: Name });

const store = new MessageStore(firstMessages(Date.now()));

/** Called at each start of the server: channels and sessions are new, the store is not. */
export async function startChat(mount: Mount): Promise<Running> {
  return serve({
    ...mount,
    router: createRouter(store),
    createContext: ({ params }) => {
      const caller = Caller.safeParse(params);
      if (!caller.success) throw new TRPCError({ code: 'BAD_REQUEST', message: 'Nobody has signed in' });
      return { user: caller.data };
    },
  });
}
