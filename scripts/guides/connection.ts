// What docs/guide/connection.md takes for granted.
import type { AnyTRPCRouter } from '@trpc/server';

declare global {
  const clientRouter: AnyTRPCRouter;
  function getToken(): Promise<string>;
  function show(state: string, reason: string | undefined, retryAt: number | undefined): void;
}
