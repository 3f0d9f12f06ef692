import type { inferSubscriptionOutput, TrackedEnvelope } from '@trpc/server';
import { initTRPC, tracked } from '@trpc/server';
import { expectTypeOf, test } from 'vitest';
import { buffer, dropped } from '../../src/trpc/buffer.ts';

interface Price {
  readonly symbol: string;
  readonly price: number;
}
declare const prices: AsyncGenerator<Price, void, undefined>;

const t = initTRPC.create();

test('a buffer has the items of its source', () => {
  type Prices = AsyncIterableIterator<Price, undefined, undefined>;
  expectTypeOf(buffer(prices, { limit: 5, overflow: 'drop-oldest' })).toEqualTypeOf<Prices>();
  expectTypeOf(
    buffer(prices, { limit: 5, overflow: 'latest', key: ({ symbol }) => symbol }),
  ).toEqualTypeOf<Prices>();
  expectTypeOf(buffer(new ReadableStream<Price>(), { limit: 5, overflow: 'wait' })).toEqualTypeOf<Prices>();
  const log = (async function* () {
    yield tracked('1', 5);
  })();
  expectTypeOf(buffer(log, { limit: 5, overflow: 'error' })).toEqualTypeOf<
    AsyncIterableIterator<TrackedEnvelope<number>, undefined, undefined>
  >();
});

test('only the latest has keys', () => {
  buffer(prices, { limit: 5, overflow: 'latest' });
  // @ts-expect-error a key says what is replaced, and nothing is
  buffer(prices, { limit: 5, overflow: 'drop-oldest', key: ({ symbol }: Price) => symbol });
  // @ts-expect-error it has to be bounded
  buffer(prices, { overflow: 'latest' });
  // @ts-expect-error there is no such item to have a key
  buffer(prices, { limit: 5, overflow: 'latest', key: ({ name }) => name });
});

test('subscribers see items alone', () => {
  const buffered = t.procedure.subscription(() => buffer(prices, { limit: 5, overflow: 'latest' }));
  const marked = t.procedure.subscription(async function* () {
    yield dropped(1);
    yield 'a';
  });
  expectTypeOf<inferSubscriptionOutput<typeof buffered>>().toEqualTypeOf<Price>();
  expectTypeOf<inferSubscriptionOutput<typeof marked>>().toEqualTypeOf<string>();
});
