import { once } from 'node:events';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';

/** @param {import('@trpc/server').AnyTRPCRouter} router */
export async function serveTrpc(router) {
  const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  applyWSSHandler({ wss, router });
  await once(wss, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (wss.address());
  return { url: `ws://127.0.0.1:${port}` };
}
