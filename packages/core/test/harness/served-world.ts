import type { TRPCRouterRecord } from '@trpc/server';
import { initTRPC } from '@trpc/server';
import type { Dispatch } from '../../src/rpc/dispatch.ts';
import { routerDispatch } from '../../src/trpc/router-dispatch.ts';
import type { World, WorldOptions } from './world.ts';
import { inWorld } from './world.ts';

const t = initTRPC.create();

/** Makes procedures for a router without context and transformer. */
export const { procedure } = t;

export interface ServedOptions extends Omit<WorldOptions, 'handlers' | 'dispatch'> {
  /** Told of the errors that callers are told of, by their messages. */
  readonly failures?: string[];
}

/** Serves procedures as a router of tRPC does. */
export function serving(procedures: TRPCRouterRecord, failures: string[] = []): Dispatch {
  return routerDispatch({
    router: t.router(procedures),
    onError: ({ error }) => void failures.push(error.message),
  });
}

/** A test in a world whose server has these procedures, at whose end nothing is left open. */
export function servedWorld(
  procedures: TRPCRouterRecord,
  { failures, ...options }: ServedOptions,
  body: (world: World) => Promise<void> | void,
): () => Promise<void> {
  return inWorld({ ...options, dispatch: serving(procedures, failures) }, body);
}
