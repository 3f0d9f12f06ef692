import { connect, createClient } from '@hawser/client';
import { useStream } from '@hawser/react';
import { createElement } from 'react';
import { addTrade, BoardTable, emptyBoard } from './board.mjs';
import { startWith } from './start.mjs';

/** @type {import('@hawser/client').Client<typeof import('../feed.mjs').feedRouter>} */
const api = createClient(connect({ url: '/rpc' }));

startWith(({ input }) => {
  const { data } = useStream(api.trades, input, { initial: emptyBoard, reduce: addTrade });
  return createElement(BoardTable, { board: data, total: input.count });
});
