import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { ErrorReport, HawserServer, JsonObject, ServerSession } from '@hawser/adapter-node';
import { position, serve } from '@hawser/adapter-node';
import type { inferTransformedProcedureOutput, TRPCError } from '@trpc/server';
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

test('identity gets what createContext gave, and names somebody or nobody', () => {
  const createContext = () => ({ user: 'ada' });
  const calls = [
    () => serve({ router: withContext, port: 0, createContext, identity: ({ user }) => user }),
    () => serve({ router: withContext, port: 0, createContext, identity: () => undefined }),
    () => serve({ router: bare, port: 0, identity: () => 'anybody' }),
    () =>
      serve({
        router: withFactory,
        port: 0,
        createContext,
        identity(context) {
          expectTypeOf(context).toEqualTypeOf<Context>();
          return context.user;
        },
      }),
    // @ts-expect-error a context has no such field
    () => serve({ router: withContext, port: 0, createContext, identity: ({ name }) => name }),
    // @ts-expect-error an identity is a string
    () => serve({ router: withContext, port: 0, createContext, identity: () => 5 }),
    // @ts-expect-error and not a promise: the context is there already
    () => serve({ router: withContext, port: 0, createContext, identity: async ({ user }) => user }),
  ];
  expectTypeOf(calls).toBeArray();
});

test('bounds on what survives are numbers', () => {
  const limits = { windowBytes: 65_536, keptBytes: 1e9, absentSessions: 0 };
  const calls = [
    () => serve({ router: bare, port: 0, windowMs: 0, limits }),
    // @ts-expect-error a bound is a number of ms
    () => serve({ router: bare, port: 0, windowMs: '2m' }),
    // @ts-expect-error there is no such bound
    () => serve({ router: bare, port: 0, limits: { windowByte: 1 } }),
  ];
  expectTypeOf(calls).toBeArray();
});

test('a position adds nothing to what a subscription yields', () => {
  const t = initTRPC.create();
  const router = t.router({
    places: t.procedure.subscription(async function* () {
      yield position('1');
      yield 1;
    }),
  });
  type Yielded = inferTransformedProcedureOutput<typeof router, typeof router.places>;
  expectTypeOf<Yielded>().toExtend<AsyncIterable<number>>();
  // @ts-expect-error an id is a string
  position(5);
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
