import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { look, value } from '../value.mjs';

const heartbeatMs = 1000;

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input(z.number()).query(({ input }) => input),
  result: t.procedure.query(() => value),
  input: t.procedure.input(z.instanceof(Uint8Array)).mutation(({ input }) => look(input)),
});

/** Bytes as bytes. Whoever is silent is asked soon. */
/** @type {import('../large-contender.mjs').LargeContender} */
export const contender = {
  title: 'Hawser',

  async serve() {
    const { url } = await serve({ router, port: 0, host: '127.0.0.1', heartbeatMs });
    return url;
  },

  async connect(url) {
    const connection = connect({ url });
    /** @type {import('@hawser/client').Client<typeof router>} */
    const api = createClient(connection);
    await api.echo.query(0);
    let drops = 0;
    connection.subscribe(({ state }) => {
      if (state !== 'open') drops++;
    });
    return {
      echo: (seq) => api.echo.query(seq),
      result: async () => look(await api.result.query()),
      input: () => api.input.mutate(value),
      drops: () => drops,
    };
  },
};
