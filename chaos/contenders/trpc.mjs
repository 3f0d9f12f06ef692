import { retryLink } from '@trpc/client';
import { serveTrpc, TrpcClient, trpcFailure } from './trpc-ends.mjs';

/** @type {import('../contender.mjs').Contender} */
export const contender = {
  title: 'tRPC',
  set: '`wsLink`, keep-alive each second at both ends, `tracked()`, and the `retryLink` of its documentation: queries alone, up to 3 times.',
  carriesValues: false,
  serve: serveTrpc,
  failureOf: trpcFailure,
  connect: (url, { note }) =>
    new TrpcClient(
      url,
      note,
      // As on https://trpc.io/docs/client/links/retryLink.
      retryLink({
        retry({ error, op, attempts }) {
          if (error.data && error.data.code !== 'INTERNAL_SERVER_ERROR') return false;
          return op.type === 'query' && attempts <= 3;
        },
        retryDelayMs: (attempt) => Math.min(1000 * 2 ** attempt, 30_000),
      }),
    ),
};
