import { initTRPC } from '@trpc/server';
import { fired } from './gate.ts';

/** Handlers that wait for their signal, and tell when it fired. */
export function waiting() {
  const t = initTRPC.create();
  const aborted: string[] = [];
  const running: string[] = [];
  const wait = async (name: string, signal: AbortSignal | undefined): Promise<void> => {
    running.push(name);
    await fired(signal);
    aborted.push(name);
  };
  const router = t.router({
    ping: t.procedure.query(() => 'pong'),
    query: t.procedure.query(({ signal }) => wait('query', signal)),
    mutation: t.procedure.mutation(({ signal }) => wait('mutation', signal)),
    stubborn: t.procedure.query(() => new Promise<never>(() => running.push('stubborn'))),
    subscription: t.procedure.subscription(async function* ({ signal }) {
      yield 1;
      await wait('subscription', signal);
    }),
  });
  return { router, running, aborted };
}
