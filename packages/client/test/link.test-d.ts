import type { Connection } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import type { TRPCClient, TRPCLink } from '@trpc/client';
import { createTRPCClient, splitLink } from '@trpc/client';
import superjson from 'superjson';
import { expectTypeOf, test } from 'vitest';
import type { Plain, Rich } from './routers.ts';

declare const connection: Connection;

test('the link wants the transformer exactly when the router has one', () => {
  expectTypeOf(hawserLink<Plain>({ connection })).toEqualTypeOf<TRPCLink<Plain>>();
  expectTypeOf(hawserLink<Rich>({ connection, transformer: superjson })).toEqualTypeOf<TRPCLink<Rich>>();
  const wrong = [
    // @ts-expect-error the router has a transformer
    () => hawserLink<Rich>({ connection }),
    // @ts-expect-error the router has none
    () => hawserLink<Plain>({ connection, transformer: superjson }),
    // @ts-expect-error a connection is required
    () => hawserLink<Plain>({}),
  ];
  expectTypeOf(wrong).toBeArray();
});

test('inside tRPC’s client the router is inferred, and so is what the link wants', () => {
  expectTypeOf(createTRPCClient<Plain>({ links: [hawserLink({ connection })] })).toEqualTypeOf<
    TRPCClient<Plain>
  >();
  const rich = hawserLink<Rich>({ connection, transformer: superjson });
  createTRPCClient<Rich>({ links: [hawserLink({ connection, transformer: superjson })] });
  createTRPCClient<Rich>({ links: [splitLink({ condition: () => true, true: rich, false: rich })] });
  // @ts-expect-error the router has a transformer
  createTRPCClient<Rich>({ links: [hawserLink({ connection })] });
  // @ts-expect-error the router has none
  createTRPCClient<Plain>({ links: [hawserLink({ connection, transformer: superjson })] });
});
