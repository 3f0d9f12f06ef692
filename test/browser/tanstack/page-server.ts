import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ServerSession } from '@hawser/adapter-node';
import { serve } from '@hawser/adapter-node';
import { build } from 'esbuild';
import { TcpProxy } from '../../sockets/tcp-proxy.ts';
import type { Witness } from './router.ts';
import { watchedRouter } from './router.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The page and its router on one HTTP server, behind a proxy that can cut the line. */
export interface PageServer {
  readonly url: string;
  readonly proxy: TcpProxy;
  readonly witness: Witness;
  readonly sessions: () => number;
  /** Ends every session, as a restart would. */
  endSessions(): void;
  close(): Promise<void>;
}

export async function servePage(): Promise<PageServer> {
  const script = await bundle();
  const http = createServer((req, res) => {
    if (req.url === '/page.js') res.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (req.url === '/favicon.ico') res.writeHead(204).end();
    else
      res
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<script type="module" src="/page.js"></script>');
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { router, witness } = watchedRouter();
  const open = new Set<ServerSession>();
  const createContext = ({ session }: { readonly session: ServerSession }): object => {
    open.add(session);
    session.signal.addEventListener('abort', () => open.delete(session));
    return {};
  };
  const server = await serve({ router, server: http, path: '/rpc', createContext });
  const proxy = await TcpProxy.to((http.address() as AddressInfo).port);
  return {
    url: proxy.url.replace('ws', 'http'),
    proxy,
    witness,
    sessions: () => server.sessions,
    endSessions() {
      for (const session of [...open]) session.close();
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

/** The page on the packages' sources, with React's development build: only that one mounts twice. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path('page.tsx')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: {
      '@hawser/client/trpc': path('../../../packages/client/src/trpc.ts'),
      '@hawser/client': path('../../../packages/client/src/index.ts'),
      '@hawser/core/trpc': path('../../../packages/core/src/trpc/index.ts'),
      '@hawser/core': path('../../../packages/core/src/index.ts'),
    },
  });
  const [file] = outputFiles;
  if (!file) throw new Error('The page was not built');
  return file.text;
}
