import { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy, useSubscription } from '@trpc/tanstack-react-query';
import { createElement, useState } from 'react';
import { addTrade, BoardTable, emptyBoard } from './board.mjs';
import { startWith } from './start.mjs';

/**
 * Each item is put into the component's state: what `useSubscription` itself keeps is the last of them.
 * @param {import('@trpc/client').TRPCClient<typeof import('../feed.mjs').feedRouter>} client
 */
export function startSubscribing(client) {
  const trpc = createTRPCOptionsProxy({ client, queryClient: new QueryClient() });
  startWith(({ input }) => {
    const [board, setBoard] = useState(emptyBoard);
    const onData = (/** @type {import('./board.mjs').Trade} */ trade) =>
      setBoard((board) => addTrade(board, trade));
    useSubscription(trpc.trades.subscriptionOptions(input, { onData }));
    return createElement(BoardTable, { board, total: input.count });
  });
}
