import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { ErrorReport, HawserServer, JsonObject, ServerSession } from '@hawser/adapter-node';
import { serve } from '@hawser/adapter-node';
import type { TRPCError } from '@trpc/server';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { expectTypeOf, test } from 'vitest';

interface Context {
  readonly user: string;
}

const bare = initTRPC.create().router({});
const withContext = initTRPC.context<Context>().create().router({});
const withOptional = initTRPC.context<Partial<Context>>().create().router({});
const withFactory = initTRPC
  .context<({ params }: { params: JsonObject }) => Promise<Context>>()
  .create({ transformer: superjson })
  .router({});

declare const http: Server;
declare const https: SecureServer;

test('createContext is required exactly when the router’s context may not be empty', () => {
  const calls = [
    () => serve({ router: bare, port: 0 }),
    () => serve({ router: bare, port: 0, createContext: () => ({}) }),
    () => serve({ router: withOptional, port: 0 }),
    () => serve({ router: withContext, port: 0, createContext: () => ({ user: 'ada' }) }),
    () => serve({ router: withContext, port: 0, createContext: async () => ({ user: 'ada' }) }),
    () => serve({ router: withFactory, port: 0, createContext: () => ({ user: 'ada' }) }),
    // @ts-expect-error handlers count on a user
    () => serve({ router: withContext, port: 0 }),
    // @ts-expect-error handlers count on a user
    () => serve({ router: withFactory, server: http }),
    // @ts-expect-error a user is a string
    () => serve({ router: withContext, port: 0, createContext: () => ({ user: 1 }) }),
    // @ts-expect-error a user is missing
    () => serve({ router: withContext, port: 0, createContext: async () => ({}) }),
    // @ts-expect-error a user is a string here too
    () => serve({ router: withOptional, port: 0, createContext: () => ({ user: 1 }) }),
  ];
  expectTypeOf(calls).toBeArray();
});

test('createContext gets the request, the params and the session', () => {
  void serve({
    router: withContext,
    port: 0,
    createContext(options) {
      expectTypeOf(options.req).toEqualTypeOf<IncomingMessage>();
      expectTypeOf(options.params).toEqualTypeOf<JsonObject>();
      expectTypeOf(options.session).toEqualTypeOf<ServerSession>();
      expectTypeOf(options.session.signal).toEqualTypeOf<AbortSignal>();
      return { user: String(options.params['token']) };
    },
  });
});

test('a server listens on a port or stands beside another, never both', () => {
  const calls = [
    () => serve({ router: bare, port: 0, host: '127.0.0.1' }),
    () => serve({ router: bare, server: http, path: '/rpc' }),
    () => serve({ router: bare, server: https }),
    // @ts-expect-error both
    () => serve({ router: bare, port: 0, server: http }),
    // @ts-expect-error neither
    () => serve({ router: bare }),
    // @ts-expect-error a host needs a port
    () => serve({ router: bare, server: http, host: '127.0.0.1' }),
    // @ts-expect-error a router is required
    () => serve({ port: 0 }),
  ];
  expectTypeOf(calls).items.returns.resolves.toEqualTypeOf<HawserServer>();
});

test('options are checked', () => {
  const calls = [
    () => serve({ router: bare, port: 0, origin: ['https://a.example'] }),
    () => serve({ router: bare, port: 0, origin: (origin, req) => origin === req.headers.origin }),
    () => serve({ router: bare, port: 0, limits: { calls: 10, messageBytes: 1000 } }),
    // @ts-expect-error origins are several
    () => serve({ router: bare, port: 0, origin: 'https://a.example' }),
    // @ts-expect-error a promise would let everybody in
    () => serve({ router: bare, port: 0, origin: async () => false }),
    // @ts-expect-error there is no such limit
    () => serve({ router: bare, port: 0, limits: { call: 10 } }),
    // @ts-expect-error there is no such option
    () => serve({ router: bare, port: 0, paths: '/rpc' }),
  ];
  expectTypeOf(calls).toBeArray();
  void serve({
    router: bare,
    port: 0,
    onError(report) {
      expectTypeOf(report).toEqualTypeOf<ErrorReport>();
      expectTypeOf(report.error).toEqualTypeOf<TRPCError>();
    },
  });
});
