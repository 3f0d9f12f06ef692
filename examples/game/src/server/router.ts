import { channel, stream } from '@hawser/adapter-node';
import type { Client } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import type { ClientRouter } from '../page/client-router.js';
import type { Bay } from './bay.js';
import { frameSchema, type Hit, helmSchema } from './frame.js';

export interface Context {
  readonly player: string;
  /** The page, which the server calls. */
  readonly page: Client<ClientRouter>;
}

/** As long as a session may be without a socket: what a page is told waits for it. */
const PATIENCE = { timeoutMs: 150_000 };

const t = initTRPC.context<Context>().create();

export function createRouter(bay: Bay) {
  const frames = channel({ event: frameSchema, key: () => 'bay', keep: { events: 30 } });
  bay.listener = (frame) => frames.publish(frame).catch(console.error);

  return t.router({
    // Whoever was away gets the bay as it is, not the film of what it missed.
    watch: t.procedure.subscription(() => frames.subscribe({ overflow: 'latest' })),

    // The whole voyage is one call: it begins with a boat, and ends with whoever stops steering.
    sail: t.procedure
      .input(z.object({ heard: z.number().int().nonnegative(), helm: stream(helmSchema) }))
      .mutation(async ({ input, ctx: { player, page } }) => {
        const crew = { hit: (hit: Hit) => tell(page.hit.mutate(hit, PATIENCE)) };
        const vessel = bay.board(player, crew);
        tell(page.welcome.mutate({ id: player, name: vessel.boat.name }, PATIENCE));
        // Hits that were told to a session which is no more: the page says how many it has heard of.
        for (const hit of vessel.hits.slice(input.heard)) crew.hit(hit);
        try {
          for await (const helm of input.helm) vessel.obey(helm);
        } finally {
          bay.leave(vessel, crew);
        }
      }),
  });
}

export type AppRouter = ReturnType<typeof createRouter>;

/** A page that is gone for good need not hear it. */
function tell(call: Promise<unknown>): void {
  call.catch(() => {});
}
