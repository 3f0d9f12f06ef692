import { useStream } from '@hawser/react';
import { Canvas } from '../../../shared/src/page/canvas.js';
import { addTrade } from '../server/candles.js';
import type { Candle, GoodsSymbol } from '../server/goods.js';
import type { TapeEvent } from '../server/router.js';
import { drawCandles } from './draw-candles.js';
import { api } from './line.js';
import { money } from './money.js';
import type { Tracked } from './tracked.js';

const noCandles: readonly Candle[] = [];

export function PriceChart({ symbol }: { readonly symbol: GoodsSymbol }) {
  const { data: candles } = useStream(
    api.tape,
    { symbol },
    { initial: noCandles, reduce: addToCandles, hidden: 'pause' },
  );
  const last = candles.at(-1);
  return (
    <section className="panel chart-panel" aria-labelledby="chart-title">
      <header className="panel-head">
        <h2 id="chart-title">
          {symbol} {last && <b data-testid="last">{money(last.close)}</b>}
        </h2>
        <p className="aside">a candle a second, the last two minutes</p>
      </header>
      <Canvas
        className="chart"
        testId="chart"
        label={`Price of ${symbol} in the last two minutes`}
        draw={(surface) => drawCandles(surface, candles, Date.now())}
      />
    </section>
  );
}

function addToCandles(candles: readonly Candle[], { data: event }: Tracked<TapeEvent>): readonly Candle[] {
  return event.type === 'candles' ? event.candles : addTrade(candles, event);
}
