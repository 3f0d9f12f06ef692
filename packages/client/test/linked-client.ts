import { serve } from '@hawser/adapter-node';
import { connect } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import type { TRPCLink } from '@trpc/client';
import { createTRPCClient, isTRPCClientError, type TRPCClientError } from '@trpc/client';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import type { Dock } from '../../../test/sockets/dock.ts';
import { here, reaches } from '../../../test/sockets/dock.ts';
import { fired, Gate } from '../../../test/sockets/gate.ts';
import { TcpProxy } from '../../../test/sockets/tcp-proxy.ts';

/** A router that tells what becomes of its calls. */
export function watchedRouter() {
  const t = initTRPC.create({ transformer: superjson });
  const aborted = new Gate();
  const running = new Gate();
  const live = { started: 0, now: 0 };
  const cursors: (string | undefined)[] = [];
  const hold = async (signal: AbortSignal | undefined): Promise<void> => {
    running.open();
    await fired(signal);
    aborted.open();
  };
  const router = t.router({
    tomorrow: t.procedure.input(z.date()).query(({ input }) => new Date(input.getTime() + 86_400_000)),
    nothing: t.procedure.mutation(() => undefined),
    hold: t.procedure.query(({ signal }) => hold(signal)),
    secondTime: t.procedure.mutation(async ({ signal }) => {
      live.started++;
      if (live.started === 1) await hold(signal);
      return live.started;
    }),
    refuse: t.procedure.mutation(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'Taken' });
    }),
    days: t.procedure.input(z.number()).subscription(async function* ({ input }) {
      for (let i = 0; i < input; i++) yield new Date(i);
    }),
    failing: t.procedure.subscription(async function* () {
      yield 1;
      throw new TRPCError({ code: 'FORBIDDEN', message: 'No more' });
    }),
    watch: t.procedure
      .input(z.object({ lastEventId: z.string().optional() }).optional())
      .subscription(async function* ({ input, signal }) {
        live.started++;
        live.now++;
        cursors.push(input?.lastEventId);
        try {
          const next = Number(input?.lastEventId ?? 0) + 1;
          yield tracked(String(next), { at: new Date(next) });
          yield 'untracked';
          await fired(signal);
        } finally {
          live.now--;
        }
      }),
  });
  return { router, live, cursors, running: running.passed, aborted: aborted.passed };
}

export type Router = ReturnType<typeof watchedRouter>['router'];

/** tRPC's own client over the link, with other links before it, and a line that can be cut. */
export function linkedClient(dock: Dock, ...before: TRPCLink<Router>[]) {
  return lined(dock, {}, before);
}

/** Likewise, with a server that keeps no sessions: to be cut off is to have lost one. */
export function forgottenClient(dock: Dock, ...before: TRPCLink<Router>[]) {
  return lined(dock, { windowMs: 0 }, before);
}

async function lined(dock: Dock, options: { windowMs?: number }, before: readonly TRPCLink<Router>[]) {
  const { router, ...watch } = watchedRouter();
  const server = dock.keep(await serve({ router, ...here, ...options, onError: () => {} }));
  const proxy = dock.keep(await TcpProxy.to(server.port));
  const connection = dock.keep(connect({ url: proxy.url, onError: () => {} }));
  await reaches(connection, 'open');
  const link = hawserLink<Router>({ connection, transformer: superjson });
  const client = createTRPCClient<Router>({ links: [...before, link] });
  return { ...watch, server, proxy, connection, link, client };
}

/** The error that a call rejected with, which must be tRPC's. */
export async function rejected(call: Promise<unknown>): Promise<TRPCClientError<Router>> {
  const error: unknown = await call.then(
    () => undefined,
    (it: unknown) => it,
  );
  if (!isTRPCClientError<Router>(error)) throw new Error('Not rejected by tRPC’s error', { cause: error });
  return error;
}
