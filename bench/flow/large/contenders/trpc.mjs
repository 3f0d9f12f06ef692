import { once } from 'node:events';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { look, value } from '../value.mjs';

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input(z.number()).query(({ input }) => input),
  result: t.procedure.query(() => inText(value)),
  input: t.procedure.input(z.string()).mutation(({ input }) => look(fromText(input))),
});

/** tRPC's own adapter and link. JSON has no bytes: they travel as text. */
/** @type {import('../large-contender.mjs').LargeContender} */
export const contender = {
  title: 'tRPC, base64 in JSON',

  async serve() {
    const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(wss, 'listening');
    applyWSSHandler({ wss, router });
    return `ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (wss.address()).port}`;
  },

  async connect(url) {
    let drops = 0;
    const client = createWSClient({
      url,
      WebSocket: /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket)),
      onClose: () => drops++,
    });
    /** @type {import('@trpc/client').TRPCClient<typeof router>} */
    const api = createTRPCClient({ links: [wsLink({ client })] });
    await api.echo.query(0);
    return {
      echo: (seq) => api.echo.query(seq),
      result: async () => look(fromText(await api.result.query())),
      input: () => api.input.mutate(inText(value)),
      drops: () => drops,
    };
  },
};

/** @param {Uint8Array<ArrayBuffer>} bytes */
function inText(bytes) {
  return Buffer.from(bytes.buffer).toString('base64');
}

/** @param {string} text */
function fromText(text) {
  return Buffer.from(text, 'base64');
}
