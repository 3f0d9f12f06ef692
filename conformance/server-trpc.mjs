import { initTRPC } from '@trpc/server';

// Without `isDev: false` tRPC adds a stack to every error shape, which the literal transcripts do not have.
export const t = initTRPC.context().create({ isDev: false });
