import { channel } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { serveRouter } from '../hawser-server.mjs';
import { hawserSpeedClient } from '../hawser-speed-client.mjs';
import { Newsroom } from '../newsroom.mjs';
import { procedures } from '../trpc-router.mjs';

const room = channel({
  event: z.object({ seq: z.number(), price: z.number(), note: z.string().optional() }),
});
const newsroom = new Newsroom({
  size: () => room.subscribers,
  tell: (news) => room.publish(news),
});

const t = initTRPC.create();
const router = t.router({
  ...procedures,
  news: t.procedure.subscription(() => room.subscribe()),
  publish: t.procedure
    .input(z.object({ count: z.number().int(), listeners: z.number().int() }))
    .mutation(({ input }) => newsroom.publish(input)),
});

/** An event is written once, whoever hears it. */
/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  title: 'Hawser, over a channel',

  serve: () => serveRouter(router),

  async connect(url, transformer) {
    const connection = connect({ url });
    /** @type {import('@hawser/client').Client<typeof router>} */
    const api = createClient(connection);
    return {
      ...hawserSpeedClient(connection, transformer),
      async listen(onNews) {
        api.news.subscribe(undefined, { onData: ({ data }) => onNews(data) });
      },
      publish: (publication) => api.publish.mutate(publication, { timeoutMs: 120_000 }),
    };
  },
};
