import { serve, stream } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { sha256 } from '../chunks.mjs';

const t = initTRPC.create();
const router = t.router({
  ready: t.procedure.query(() => true),
  upload: t.procedure.input(stream(z.instanceof(Uint8Array))).mutation(async ({ input }) => {
    const hash = sha256();
    for await (const chunk of input) hash.update(chunk);
    return hash.digest('hex');
  }),
});

/** Hawser as its README shows it: nothing is tuned. */
/** @type {import('../upload-contender.mjs').UploadContender} */
export const contender = {
  title: 'Hawser',

  async serve() {
    const { url } = await serve({ router, port: 0, host: '127.0.0.1' });
    return url;
  },

  async connect(url) {
    /** @type {import('@hawser/client').Client<typeof router>} */
    const api = createClient(connect({ url }));
    await api.ready.query();
    return (chunks) => api.upload.mutate(chunks);
  },
};
