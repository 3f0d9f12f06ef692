import { retryLink } from '@trpc/client';
import { serveTrpc, TrpcClient, trpcFailure } from './trpc-ends.mjs';

/** @type {import('../contender.mjs').Contender} */
export const contender = {
  title: 'tRPC, retrying everything',
  set: 'As above, but whatever fails is tried again, mutations too, as often as it takes.',
  carriesValues: false,
  serve: serveTrpc,
  failureOf: trpcFailure,
  connect: (url, { note }) =>
    new TrpcClient(url, note, retryLink({ retry: ({ error }) => !error.data, retryDelayMs: () => 1000 })),
};
