import type { Candle, Trade } from './market.js';

/** What a chart shows, in seconds. */
export const CHART_SECONDS = 120;

/** The candles after one more trade; those that no chart shows any more are gone. */
export function addTrade(candles: readonly Candle[], { at, price }: Trade): readonly Candle[] {
  const second = Math.floor(at / 1_000);
  const newest = candles.at(-1);
  const open = newest?.close ?? price;
  const candle = newest?.at === second ? newest : { at: second, open, high: open, low: open };
  const high = Math.max(candle.high, price);
  const low = Math.min(candle.low, price);
  const earlier = candles.filter((each) => each.at < second && each.at >= second - CHART_SECONDS);
  return [...earlier, { ...candle, high, low, close: price }];
}
