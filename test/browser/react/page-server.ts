import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hawser/adapter-node';
import { TcpProxy } from '../../sockets/tcp-proxy.ts';
import type { ReactVersion } from './bundle.ts';
import { bundlePage, bundleServer } from './bundle.ts';
import type { Witness } from './router.ts';
import { watchedRouter } from './router.ts';

/** The page, one URL for each scene, and its router on one HTTP server, behind a proxy that can cut the line. */
export interface PageServer {
  readonly url: string;
  readonly proxy: TcpProxy;
  readonly witness: Witness;
  readonly sessions: () => number;
  /** Another server in the place of this one, which knows no session. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** What to send for one version of React. */
export interface PageSource {
  readonly script: string;
  readonly render: (scene: string) => string;
}

export async function pageSource(version: ReactVersion): Promise<PageSource> {
  const [script, render] = await Promise.all([bundlePage(version), bundleServer(version)]);
  return { script, render };
}

export async function servePage({ script, render }: PageSource): Promise<PageServer> {
  const http = createServer((req, res) => {
    const scene = req.url?.slice(1) ?? '';
    if (scene === 'page.js') res.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (scene === 'favicon.ico') res.writeHead(204).end();
    else res.writeHead(200, { 'content-type': 'text/html' }).end(htmlOf(render(scene)));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { router, witness } = watchedRouter();
  const start = () => serve({ router, server: http, path: '/rpc' });
  let server = await start();
  const proxy = await TcpProxy.to((http.address() as AddressInfo).port);
  return {
    url: proxy.url.replace('ws', 'http'),
    proxy,
    witness,
    sessions: () => server.sessions,
    async restart() {
      await server.close();
      server = await start();
    },
    async close() {
      await proxy.close();
      await server.close();
      http.close();
      http.closeAllConnections();
      await once(http, 'close');
    },
  };
}

function htmlOf(body: string): string {
  return `<!doctype html><div id="root">${body}</div><script type="module" src="/page.js"></script>`;
}
