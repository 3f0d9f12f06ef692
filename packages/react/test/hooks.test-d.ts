import type { Client, Connection, Gap } from '@hawser/client';
import { connect } from '@hawser/client';
import type { StreamResult } from '@hawser/react';
import { ConnectionProvider, skipToken, useConnection, useStream } from '@hawser/react';
import type { TRPCClientError } from '@trpc/client';
import { initTRPC, tracked } from '@trpc/server';
import { createElement } from 'react';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';

interface Tick {
  readonly symbol: string;
  readonly price: number;
}

declare const tick: Tick;

const t = initTRPC.create();
const router = t.router({
  ticks: t.procedure.input(z.object({ symbol: z.string() })).subscription(async function* () {
    yield tick;
  }),
  log: t.procedure.subscription(async function* () {
    yield tracked('1', { at: 1 });
  }),
  greet: t.procedure.query(() => 'hi'),
});

declare const api: Client<typeof router>;
declare const connection: Connection;

test('without a reducer the newest item is the data, with the error of the procedure', () => {
  const use = () => useStream(api.ticks, { symbol: 'ACME' });
  type Result = ReturnType<typeof use>;
  expectTypeOf<Result['data']>().toEqualTypeOf<Tick | undefined>();
  type Failed = Extract<Result, { status: 'error' }>['error'];
  expectTypeOf<Failed>().toExtend<TRPCClientError<{ transformer: boolean; errorShape: never }>>();
  expectTypeOf<Failed>().not.toBeAny();
});

test('the status tells error and gap apart', () => {
  const use = (result: StreamResult<number, Error>) => {
    if (result.status === 'error') expectTypeOf(result.error).toEqualTypeOf<Error>();
    else expectTypeOf(result.error).toEqualTypeOf<undefined>();
    if (result.status === 'gap') expectTypeOf(result.gap).toEqualTypeOf<Gap>();
  };
  expectTypeOf(use).toBeFunction();
});

test('the state is inferred from initial, the item from the procedure', () => {
  const use = () => {
    const each = useStream(
      api.ticks,
      { symbol: 'ACME' },
      {
        initial: 0,
        reduce: (sum, tick) => {
          expectTypeOf(tick).toEqualTypeOf<Tick>();
          return sum + tick.price;
        },
      },
    );
    expectTypeOf(each.data).toEqualTypeOf<number>();
    const all = useStream(
      api.ticks,
      { symbol: 'ACME' },
      {
        initial: () => new Map<string, Tick>(),
        reduceAll: (book, ticks) => new Map([...book, ...ticks.map((tick) => [tick.symbol, tick] as const)]),
        reduceGap: () => new Map(),
        select: (book) => book.size,
        hidden: 'pause',
        connection,
      },
    );
    expectTypeOf(all.data).toEqualTypeOf<number>();
    const selected = useStream(api.ticks, { symbol: 'ACME' }, { select: (tick) => tick?.price });
    expectTypeOf(selected.data).toEqualTypeOf<number | undefined>();
    const log = useStream(api.log, undefined);
    expectTypeOf(log.data).toEqualTypeOf<{ id: string; data: { at: number } } | undefined>();
  };
  expectTypeOf(use).toBeFunction();
});

test('an input may be skipped, and keeps its type', () => {
  const use = (symbol: string | undefined) =>
    useStream(api.ticks, symbol === undefined ? skipToken : { symbol });
  expectTypeOf<ReturnType<typeof use>['data']>().toEqualTypeOf<Tick | undefined>();
});

test('what does not fit is refused', () => {
  const use = () => {
    // @ts-expect-error the input has another type
    useStream(api.ticks, { symbol: 1 });
    // @ts-expect-error a query is no stream
    useStream(api.greet, undefined);
    // @ts-expect-error a reducer needs a state to begin with
    useStream(api.ticks, { symbol: 'ACME' }, { reduce: (sum: number) => sum });
    // @ts-expect-error one item at a time, or all of them
    useStream(api.ticks, { symbol: 'ACME' }, { initial: 0, reduce: (n) => n, reduceAll: (n) => n });
    // @ts-expect-error the state does not change its type
    useStream(api.ticks, { symbol: 'ACME' }, { initial: 0, reduce: () => 'one' });
    // @ts-expect-error a gap is mended in a state, and the newest item is whole
    useStream(api.ticks, { symbol: 'ACME' }, { reduceGap: () => undefined });
    // @ts-expect-error no such mode
    useStream(api.ticks, { symbol: 'ACME' }, { hidden: 'stop' });
  };
  expectTypeOf(use).toBeFunction();
});

test('a connection is given, or provided', () => {
  const use = () => {
    const { state, roundTripMs, retryAt } = useConnection(connect({ url: '/rpc', lazy: true }));
    expectTypeOf(state).toEqualTypeOf<'idle' | 'connecting' | 'open' | 'waiting' | 'closed'>();
    expectTypeOf(roundTripMs).toEqualTypeOf<number | undefined>();
    expectTypeOf(retryAt).toEqualTypeOf<number | undefined>();
    useConnection().retry();
    return createElement(ConnectionProvider, { connection });
  };
  expectTypeOf(use).toBeFunction();
});
