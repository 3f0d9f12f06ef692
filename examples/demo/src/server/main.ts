import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type ServerSession, serve } from '@hawser/adapter-node';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { Chat } from './chat.js';
import { LineCutter } from './line-cutter.js';
import { listen } from './listen.js';
import { Logbook } from './logbook.js';
import { Machine } from './machine.js';
import { Presence } from './presence.js';
import { targetOf } from './request-target.js';
import { type Context, createRouter } from './router.js';
import { Sessions } from './sessions.js';
import { StaticFiles } from './static-files.js';

const page = await StaticFiles.load(fileURLToPath(new URL('../page', import.meta.url)));
const machine = new Machine();
const cutter = new LineCutter();
const sessions = new Sessions();

const httpServer = createServer(answer);
cutter.watch(httpServer);

const server = await serve({
  router: createRouter({ machine, chat: new Chat(), presence: new Presence(), logbook: new Logbook() }),
  server: httpServer,
  path: '/rpc',
  createContext: ({ params, session }) => contextOf(params, session),
  onError: ({ error, path }) => console.error(`${path ?? 'connection'}: ${error.message}`),
});

machine.start();
const port = await listen(httpServer, process.env['PORT']);
console.log(`http://localhost:${port}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { path, query } = targetOf(request);
  const tab = query.get('tab') ?? '';
  const hold = Number(query.get('hold') ?? 0);
  const done = (found: boolean): unknown => response.writeHead(found ? 204 : 404).end();
  if (request.method === 'POST' && path === '/cut') done(cutter.cut(tab, hold));
  else if (request.method === 'POST' && path === '/lose') {
    cutter.cut(tab, hold);
    done(sessions.end(tab));
  } else page.answer(path, response);
}

function contextOf(params: unknown, session: ServerSession): Context {
  const caller = z.object({ tab: z.string().min(1).max(64) }).safeParse(params);
  if (!caller.success) throw new TRPCError({ code: 'BAD_REQUEST', message: 'This page has no tab id' });
  const { tab } = caller.data;
  return { tab, session: sessions.dialled(tab, session) };
}

async function stop(): Promise<void> {
  machine.stop();
  await server.close();
  httpServer.close();
  httpServer.closeAllConnections();
}
