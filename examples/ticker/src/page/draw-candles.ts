import type { Surface } from '../../../shared/src/page/surface.js';
import { CHART_SECONDS } from '../server/candles.js';
import type { Candle } from '../server/market.js';
import { money } from './money.js';

const AXIS = 58;
const SILENCE_S = 3;

/** Candles that move on with the clock, prices at the right. `now` is in ms since 1970. */
export function drawCandles(surface: Surface, candles: readonly Candle[], now: number): void {
  const { pen, width, height, ink } = surface;
  const right = width - AXIS;
  const perSecond = right / CHART_SECONDS;
  const low = Math.min(...candles.map((candle) => candle.low));
  const high = Math.max(...candles.map((candle) => candle.high));
  const x = (second: number): number => right - (now / 1_000 - second) * perSecond;
  const y = (price: number): number => 12 + ((height - 24) * (high - price)) / Math.max(1, high - low);

  pen.font = '12px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  for (const price of [low, (low + high) / 2, high]) {
    pen.fillStyle = ink('rule');
    pen.fillRect(0, Math.round(y(price)), right, 1);
    pen.fillStyle = ink('ink-soft');
    pen.fillText(money(price), right + 8, y(price));
  }
  for (const candle of candles) {
    const { at, open, close } = candle;
    pen.fillStyle = ink(close < open ? 'sand' : 'moss');
    pen.fillRect(x(at + 0.5), y(candle.high), 1, y(candle.low) - y(candle.high));
    pen.fillRect(x(at + 0.2), y(Math.max(open, close)), perSecond * 0.6, Math.abs(y(open) - y(close)) + 1);
  }
  // Since when nothing has come.
  const silence = x((candles.at(-1)?.at ?? 0) + SILENCE_S);
  pen.fillStyle = ink('cut-wash');
  if (silence < right) pen.fillRect(silence, 0, right - silence, height);
}
