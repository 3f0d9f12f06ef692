import type { Client, Connection, Gap, Unsubscribable } from '@hawser/client';
import { connect, createClient, outcomeOf } from '@hawser/client';
import type { TRPCClientError } from '@trpc/client';
import { isTRPCClientError, safe } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { expectTypeOf, test } from 'vitest';
import { WebSocket as NodeWebSocket } from 'ws';
import { z } from 'zod';
import type { Formatted, Plain, Rich } from './routers.ts';

declare const connection: Connection;
declare const plain: Client<Plain>;
declare const rich: Client<Rich>;
declare const formatted: Client<Formatted>;
declare const signal: AbortSignal;

const t = initTRPC.create();
const before = t.router({
  users: t.router({
    rename: t.procedure.input(z.object({ id: z.string() })).mutation(() => ({ id: '1', name: 'Ada' })),
  }),
});
const renamed = t.router({
  users: t.router({
    setName: t.procedure.input(z.object({ id: z.string() })).mutation(() => ({ id: '1', name: 'Ada' })),
  }),
});
const reshaped = t.router({
  users: t.router({
    rename: t.procedure.input(z.object({ key: z.number() })).mutation(() => ({ id: 1 })),
  }),
});

test('a procedure that the server renamed, or whose input or output changed, breaks its callers', () => {
  const use = {
    before: async (api: Client<typeof before>) => (await api.users.rename.mutate({ id: '1' })).name.length,
    // @ts-expect-error the server calls it `setName` now
    renamed: async (api: Client<typeof renamed>) => (await api.users.rename.mutate({ id: '1' })).name.length,
    // @ts-expect-error the server wants `key`, a number
    input: (api: Client<typeof reshaped>) => api.users.rename.mutate({ id: '1' }),
    // @ts-expect-error the server gives no `name` any more
    output: async (api: Client<typeof reshaped>) => (await api.users.rename.mutate({ key: 1 })).name.length,
  };
  expectTypeOf(use.before).returns.resolves.toEqualTypeOf<number>();
});

test('a mutation, and nothing else, may be declared idempotent', () => {
  void plain.inputs.anything.mutate({ a: 1 }, { idempotent: true, signal, timeoutMs: 5 });
  // @ts-expect-error a query is made again anyway
  void plain.inputs.none.query(undefined, { idempotent: true });
  // @ts-expect-error a subscription continues
  void plain.bare.subscribe(undefined, { idempotent: true });
  // @ts-expect-error yes or no
  void plain.inputs.anything.mutate({ a: 1 }, { idempotent: 'yes' });
});

test('calls are typed by their procedure', () => {
  expectTypeOf(
    plain.inputs.required.query({ name: 'Ada' }, { signal, timeoutMs: 2000 }),
  ).resolves.toEqualTypeOf<string>();
  expectTypeOf(plain.inputs.none.query()).resolves.toEqualTypeOf<number>();
  expectTypeOf(plain.inputs.optional.query()).resolves.toEqualTypeOf<number | null>();
  expectTypeOf(plain.nested.deep.required.query({ name: '' })).resolves.toEqualTypeOf<string>();
  expectTypeOf(plain.inline.deeper.still.query()).resolves.toEqualTypeOf<string>();
  expectTypeOf(rich.inline.deeper.still.query()).resolves.toEqualTypeOf<Date>();
  expectTypeOf(plain.if.query()).resolves.toEqualTypeOf<'a reserved word'>();
});

test('a lazy router is typed as if it were there', () => {
  expectTypeOf(plain.lazily.hello.query()).resolves.toEqualTypeOf<{ at: string }>();
  expectTypeOf(rich.lazily.hello.query()).resolves.toEqualTypeOf<{ at: Date }>();
});

test('a call that its procedure does not allow does not compile', () => {
  const calls = [
    // @ts-expect-error no such procedure
    () => plain.nope.query(),
    // @ts-expect-error a query is not mutated
    () => plain.inputs.required.mutate({ name: '' }),
    // @ts-expect-error a query is not subscribed to
    () => plain.inputs.required.subscribe({ name: '' }),
    // @ts-expect-error a subscription is not queried
    () => plain.ticks.query({ symbol: '' }),
    // @ts-expect-error the input is missing
    () => plain.inputs.required.query(),
    // @ts-expect-error the name is a string
    () => plain.inputs.required.query({ name: 1 }),
    // @ts-expect-error a property too many
    () => plain.inputs.required.query({ name: '', extra: 1 }),
    // @ts-expect-error `b` belongs to the other member
    () => plain.inputs.union.query({ kind: 'a', b: 1 }),
    // @ts-expect-error there is no such option
    () => plain.inputs.none.query(undefined, { timeout: 5 }),
    // @ts-expect-error a branch is no procedure
    () => plain.nested.query(),
    // @ts-expect-error no Date without a transformer
    (): Promise<Date> => plain.outputs.date.query(),
  ];
  expectTypeOf(calls).toBeArray();
});

test('errors are typed by the router, and by the procedure that declares its own', async () => {
  const [, own] = await safe(plain.outputs.withErrors.query());
  if (own?.data && 'quota' in own.data) expectTypeOf(own.data.quota).toEqualTypeOf<'used up'>();
  const [, error] = await safe(formatted.if.query());
  expectTypeOf(error?.data).toEqualTypeOf<{ reason: string; left: number } | null | undefined>();
  const caught: unknown = undefined;
  if (isTRPCClientError<Plain>(caught)) expectTypeOf(caught).toEqualTypeOf<TRPCClientError<Plain>>();
  expectTypeOf(outcomeOf(caught)).toEqualTypeOf<'not-run' | 'unknown' | undefined>();
});

test('without callbacks a subscription is an async iterable', () => {
  interface Tick {
    symbol: string;
    price: number;
    at: string;
  }
  type Ticks = AsyncIterableIterator<Tick, void, undefined>;
  expectTypeOf(plain.ticks.subscribe({ symbol: '' })).toEqualTypeOf<Ticks>();
  expectTypeOf(plain.ticks.subscribe({ symbol: '' }, {})).toEqualTypeOf<Ticks>();
  expectTypeOf(plain.ticks.subscribe({ symbol: '' }, { signal })).toEqualTypeOf<Ticks>();
  expectTypeOf(plain.ticks.subscribe({ symbol: '' }, { onData: undefined })).toEqualTypeOf<Ticks>();
  expectTypeOf(plain.bare.subscribe()).toEqualTypeOf<AsyncIterableIterator<number, void, undefined>>();
  expectTypeOf(rich.log.subscribe()).toEqualTypeOf<
    AsyncIterableIterator<{ id: string; data: { at: Date } }, void, undefined>
  >();
});

test('`onGap` alone leaves it an async iterable', () => {
  const onGap = (gap: Gap): void => void gap.reason;
  expectTypeOf(plain.bare.subscribe(undefined, { onGap })).toExtend<AsyncIterable<number>>();
  expectTypeOf(plain.bare.subscribe(undefined, { onGap, onData() {} })).toEqualTypeOf<Unsubscribable>();
});

test('with any callback it is something to unsubscribe, and nothing to iterate', () => {
  const observed = [
    rich.ticks.subscribe({ symbol: '' }, { onData: (tick) => expectTypeOf(tick.at).toEqualTypeOf<Date>() }),
    rich.ticks.subscribe(
      { symbol: '' },
      { onError: (error) => expectTypeOf(error.data?.code).toExtend<string | undefined>() },
    ),
    rich.ticks.subscribe({ symbol: '' }, { onStarted() {} }),
    rich.ticks.subscribe({ symbol: '' }, { onStopped() {} }),
    rich.ticks.subscribe({ symbol: '' }, { onComplete() {} }),
    rich.bare.subscribe(undefined, { onData: async () => {}, signal, timeoutMs: 1 }),
  ];
  expectTypeOf(observed).toEqualTypeOf<Unsubscribable[]>();
  const wrong = [
    // @ts-expect-error it is not iterable
    () => rich.bare.subscribe(undefined, { onData() {} })[Symbol.asyncIterator],
    // @ts-expect-error the items are numbers
    () => rich.bare.subscribe(undefined, { onData: (item: string) => item }),
    // @ts-expect-error there is no such callback
    () => rich.bare.subscribe(undefined, { onDatum() {} }),
  ];
  expectTypeOf(wrong).toBeArray();
});

test('createClient wants the transformer exactly when the router has one', () => {
  createClient<Plain>(connection);
  createClient<Plain>(connection, {});
  createClient<Rich>(connection, { transformer: superjson });
  createClient<Rich>(connection, { transformer: { input: superjson, output: superjson } });
  const wrong = [
    // @ts-expect-error the router has a transformer
    () => createClient<Rich>(connection),
    // @ts-expect-error the router has a transformer
    () => createClient<Rich>(connection, {}),
    // @ts-expect-error this is no transformer
    () => createClient<Rich>(connection, { transformer: JSON }),
    // @ts-expect-error the router has none
    () => createClient<Plain>(connection, { transformer: superjson }),
  ];
  expectTypeOf(wrong).toBeArray();
});

test('createClient for a router that is not known allows both', () => {
  createClient<AnyTRPCRouter>(connection, { transformer: superjson });
  createClient<AnyTRPCRouter>(connection);
});

test('connect takes the platform’s WebSocket class and that of `ws`', () => {
  connect({ url: 'ws://localhost', WebSocket });
  connect({ url: 'ws://localhost', WebSocket: NodeWebSocket });
  // @ts-expect-error a URL is required
  connect({});
  // @ts-expect-error params are an object
  connect({ url: '', params: () => 'token' });
  expectTypeOf(connect({ url: '' }).state).toEqualTypeOf<
    'idle' | 'connecting' | 'open' | 'waiting' | 'closed'
  >();
});
