// What docs/guide/serving.md takes for granted.
import type { RequestListener } from 'node:http';
import { initTRPC } from '@trpc/server';

interface User {
  readonly id: string;
}

const t = initTRPC.context<{ user: User; sessionId: string }>().create();
const router = t.router({ whoAmI: t.procedure.query(({ ctx }) => ctx.user.id) });

declare global {
  const app: RequestListener;
  const appRouter: typeof router;
  function userOf(token: unknown): Promise<User | undefined>;
  function log(path: string | undefined, error: Error): void;
}
