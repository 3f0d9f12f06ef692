import { once } from 'node:events';
import { createServer } from 'node:http';
import { serve } from '@hawser/adapter-node';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { feedRouter } from './feed.mjs';

/**
 * A page and the feed beside it, by Hawser or by tRPC's own adapter.
 * @param {string} script
 * @param {'hawser' | 'trpc'} wire
 */
export async function host(script, wire) {
  const http = createServer((req, res) => {
    if (req.url === '/page.js') res.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (req.url === '/favicon.ico') res.writeHead(204).end();
    else res.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const close = wire === 'hawser' ? await serveHawser(http) : serveTrpc(http);
  const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      await close();
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}

const html = '<!doctype html><div id="root"></div><script type="module" src="/page.js"></script>';

/** @param {import('node:http').Server} http */
async function serveHawser(http) {
  const server = await serve({ router: feedRouter, server: http, path: '/rpc' });
  return () => server.close();
}

/** @param {import('node:http').Server} http */
function serveTrpc(http) {
  const wss = new WebSocketServer({ server: http, path: '/rpc' });
  applyWSSHandler({ wss, router: feedRouter });
  return async () => {
    for (const socket of wss.clients) socket.terminate();
    wss.close();
  };
}
