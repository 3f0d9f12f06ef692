// What docs/guide/connection.md takes for granted.
import type { Connection } from '@hawser/client';
import type { AnyTRPCRouter } from '@trpc/server';

declare global {
  const clientRouter: AnyTRPCRouter;
  const connection: Connection;
  function draw(roundTripMs: number | undefined): void;
  function getToken(): Promise<string>;
  function show(state: string, reason: string | undefined, retryAt: number | undefined): void;
}
