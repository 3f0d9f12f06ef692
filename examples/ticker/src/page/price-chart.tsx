import { useStream } from '@hawser/react';
import { Canvas } from '../../../shared/src/page/canvas.js';
import { addTrade } from '../server/candles.js';
import type { Candle } from '../server/market.js';
import { drawCandles } from './draw-candles.js';
import { api } from './line.js';
import { money } from './money.js';

const noCandles: readonly Candle[] = [];

export function PriceChart() {
  const { data: candles } = useStream(api.tape, undefined, {
    initial: noCandles,
    reduce: (known, { data }) => (data.type === 'candles' ? data.candles : addTrade(known, data)),
    hidden: 'pause',
  });
  const last = candles.at(-1);
  return (
    <section className="panel chart-panel" aria-labelledby="chart-title">
      <header className="panel-head">
        <h2 id="chart-title">
          Hemp <b className="price">{last && money(last.close)}</b>
        </h2>
        <p className="aside">a candle a second, the last two minutes</p>
      </header>
      <Canvas
        className="chart"
        testId="chart"
        label="Price of hemp in the last two minutes"
        draw={(surface) => drawCandles(surface, candles, Date.now())}
      />
    </section>
  );
}
