import type { Candle, Trade } from './goods.js';

/** What a chart shows, in seconds. */
export const CHART_SECONDS = 120;

/** The candles after one more trade; those that no chart shows any more are gone. */
export function addTrade(candles: readonly Candle[], { at, price }: Trade): readonly Candle[] {
  const second = Math.floor(at / 1000);
  const newest = candles.at(-1);
  if (newest === undefined || newest.at < second) {
    const open = newest?.close ?? price;
    const [high, low] = [Math.max(open, price), Math.min(open, price)];
    const begun = { at: second, open, high, low, close: price };
    return [...candles.filter((candle) => candle.at > second - CHART_SECONDS - 2), begun];
  }
  const grown = {
    ...newest,
    high: Math.max(newest.high, price),
    low: Math.min(newest.low, price),
    close: price,
  };
  return [...candles.slice(0, -1), grown];
}
