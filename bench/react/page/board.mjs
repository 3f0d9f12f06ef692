import { createElement, useLayoutEffect } from 'react';
import { probe } from './probe.mjs';

/**
 * @typedef {{ seq: number, symbol: string, price: number, size: number }} Trade
 * @typedef {{ count: number, jumps: number, last: number, rows: ReadonlyMap<string, Trade> }} Board
 */

/** @type {Board} */
export const emptyBoard = { count: 0, jumps: 0, last: -1, rows: new Map() };

/**
 * The last trade of each symbol. The same work for all, one trade at a time.
 * @param {Board} board
 * @param {Trade} trade
 * @returns {Board}
 */
export function addTrade({ count, jumps, last, rows }, trade) {
  return {
    count: count + 1,
    jumps: jumps + (trade.seq === last + 1 ? 0 : 1),
    last: trade.seq,
    rows: new Map(rows).set(trade.symbol, trade),
  };
}

/** @param {{ board: Board, total: number }} props */
export function BoardTable({ board, total }) {
  useLayoutEffect(() => {
    probe.commits++;
    if (board.last === total - 1) probe.end(board);
  });
  const rows = [...board.rows.values()].map(({ symbol, price, size, seq }) =>
    createElement(
      'tr',
      { key: symbol },
      [symbol, price.toFixed(2), size, seq].map((cell, index) => createElement('td', { key: index }, cell)),
    ),
  );
  return createElement('table', null, createElement('tbody', null, rows));
}
