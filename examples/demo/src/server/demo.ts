import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type ServerSession, serve } from '@hawser/adapter-node';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { Chat } from './chat.js';
import { LineCutter } from './line-cutter.js';
import { Logbook } from './logbook.js';
import { Machine } from './machine.js';
import { Presence } from './presence.js';
import { targetOf } from './request-target.js';
import { type Context, createRouter } from './router.js';
import { Sessions } from './sessions.js';

interface Demo {
  /** Answers what the page asks for over plain HTTP. Says whether the request was that. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  close(): Promise<void>;
}

/** Serves the demo's router at `/rpc` of the server, which somebody else has listen. */
export async function startDemo({ server }: { readonly server: Server }): Promise<Demo> {
  const machine = new Machine();
  const cutter = new LineCutter();
  const sessions = new Sessions();
  // Before `serve`: the socket of a line that is cut must be gone before anybody answers it.
  server.on('upgrade', (request, socket) => {
    const tab = targetOf(request).query.get('tab');
    if (tab !== null) cutter.admit(tab, socket);
  });

  const served = await serve({
    router: createRouter({ machine, chat: new Chat(), presence: new Presence(), logbook: new Logbook() }),
    server,
    path: '/rpc',
    createContext: ({ params, session }) => contextOf(params, session, sessions),
    onError: ({ error, path }) => console.error(`${path ?? 'connection'}: ${error.message}`),
  });
  machine.start();

  return {
    answer(request, response) {
      const { path, query } = targetOf(request);
      if (request.method !== 'POST' || (path !== '/cut' && path !== '/lose')) return false;
      const tab = query.get('tab') ?? '';
      const isCut = cutter.cut(tab, Number(query.get('hold') ?? 0));
      const found = path === '/cut' ? isCut : sessions.end(tab);
      response.writeHead(found ? 204 : 404).end();
      return true;
    },
    async close() {
      machine.stop();
      await served.close();
    },
  };
}

function contextOf(params: unknown, session: ServerSession, sessions: Sessions): Context {
  const caller = z.object({ tab: z.string().min(1).max(64) }).safeParse(params);
  if (!caller.success) throw new TRPCError({ code: 'BAD_REQUEST', message: 'This page has no tab id' });
  const { tab } = caller.data;
  return { tab, session: sessions.dialled(tab, session) };
}
