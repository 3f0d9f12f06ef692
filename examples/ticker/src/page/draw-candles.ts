import type { Surface } from '../../../shared/src/page/surface.js';
import { CHART_SECONDS } from '../server/candles.js';
import type { Candle } from '../server/goods.js';
import { money } from './money.js';

const AXIS = 58;
const SILENCE_S = 3;
const FONT = '12px system-ui, sans-serif';

/** The chart's own scale: seconds to pixels, pence to pixels. */
interface Scale {
  readonly x: (second: number) => number;
  readonly y: (price: number) => number;
  readonly low: number;
  readonly high: number;
}

/** Candles that move on with the clock, prices at the right. `now` is in ms since 1970. */
export function drawCandles(surface: Surface, candles: readonly Candle[], now: number): void {
  const shown = candles.filter(({ at }) => at > now / 1000 - CHART_SECONDS - 1);
  const newest = shown.at(-1);
  if (!newest) return;
  const scale = scaleOf(surface, shown, now);
  drawGrid(surface, scale);
  drawSilence(surface, scale, newest.at + SILENCE_S);
  const wide = ((surface.width - AXIS) / CHART_SECONDS) * 0.68;
  for (const candle of shown) drawCandle(surface, scale, { candle, wide });
  drawLast(surface, scale, newest.close);
}

function scaleOf({ width, height }: Surface, candles: readonly Candle[], now: number): Scale {
  const low = candles.reduce((min, candle) => Math.min(min, candle.low), Number.POSITIVE_INFINITY);
  const high = candles.reduce((max, candle) => Math.max(max, candle.high), 0);
  const room = Math.max(4, (high - low) * 0.08);
  const perSecond = (width - AXIS) / CHART_SECONDS;
  return {
    low: low - room,
    high: high + room,
    x: (second) => width - AXIS - (now / 1000 - second + 1) * perSecond,
    y: (price) => height * ((high + room - price) / (high - low + 2 * room)),
  };
}

function drawGrid({ pen, width, ink }: Surface, { low, high, y }: Scale): void {
  const step = niceStep((high - low) / 5);
  pen.font = FONT;
  pen.textBaseline = 'middle';
  pen.fillStyle = ink('ink-soft');
  pen.strokeStyle = ink('rule');
  pen.lineWidth = 1;
  pen.beginPath();
  for (let price = Math.ceil(low / step) * step; price < high; price += step) {
    const at = Math.round(y(price)) + 0.5;
    pen.moveTo(0, at);
    pen.lineTo(width - AXIS, at);
    pen.fillText(money(price), width - AXIS + 8, at);
  }
  pen.stroke();
}

/** Since when nothing has come. */
function drawSilence({ pen, width, height, ink }: Surface, { x }: Scale, since: number): void {
  pen.fillStyle = ink('cut-wash');
  if (x(since) < width - AXIS) pen.fillRect(x(since), 0, width - AXIS - x(since), height);
}

function drawCandle(
  { pen, ink }: Surface,
  { x, y }: Scale,
  { candle, wide }: { readonly candle: Candle; readonly wide: number },
): void {
  const { at, open, close, high, low } = candle;
  const middle = x(at + 0.5);
  pen.strokeStyle = pen.fillStyle = ink(close < open ? 'sand' : 'moss');
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(middle, y(high));
  pen.lineTo(middle, y(low));
  pen.stroke();
  const top = y(Math.max(open, close));
  pen.fillRect(middle - wide / 2, top, wide, Math.max(1.5, y(Math.min(open, close)) - top));
}

function drawLast({ pen, width, ink }: Surface, { y }: Scale, price: number): void {
  const at = Math.round(y(price)) + 0.5;
  pen.strokeStyle = ink('sea');
  pen.setLineDash([2, 3]);
  pen.beginPath();
  pen.moveTo(0, at);
  pen.lineTo(width - AXIS, at);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = ink('sea');
  pen.fillRect(width - AXIS, at - 10, AXIS, 20);
  pen.fillStyle = ink('on-sea');
  pen.font = `600 ${FONT}`;
  pen.fillText(money(price), width - AXIS + 8, at);
}

/** 1, 2 or 5 of a power of ten. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5, 10].find((step) => step * power >= least) ?? 10) * power;
}
