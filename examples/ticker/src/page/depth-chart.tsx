import { Canvas } from '../../../shared/src/page/canvas.js';
import type { Surface } from '../../../shared/src/page/surface.js';
import type { GoodsSymbol } from '../server/goods.js';
import { type BookView, ladderOf } from './book-view.js';

const SPAN = 26;

interface DepthProps {
  readonly symbol: GoodsSymbol;
  readonly book: BookView;
}

export function DepthChart({ symbol, book }: DepthProps) {
  return (
    <section className="panel depth-panel" aria-labelledby="depth-title">
      <header className="panel-head">
        <h2 id="depth-title">Depth</h2>
        <p className="aside">
          <i className="key buy" /> buyers <i className="key sell" /> sellers, added up from the middle
        </p>
      </header>
      <Canvas
        className="depth"
        testId="depth"
        label={`What could be bought and sold of ${symbol}, by price`}
        draw={(surface) => drawDepth(surface, book)}
      />
    </section>
  );
}

/** What could be sold and bought at each price or better, as two flights of stairs. */
function drawDepth(surface: Surface, book: BookView): void {
  const buy = stairs(ladderOf(book.buy, 'buy'));
  const sell = stairs(ladderOf(book.sell, 'sell'));
  const [bid, ask] = [buy[0]?.price, sell[0]?.price];
  if (bid === undefined || ask === undefined) return;
  const { pen, width, height, ink } = surface;
  const middle = (bid + ask) / 2;
  const most = Math.max(buy.at(-1)?.sum ?? 1, sell.at(-1)?.sum ?? 1);
  const x = (price: number): number => width * (0.5 + (price - middle) / (2 * SPAN));
  const y = (sum: number): number => height - 1 - (sum / most) * (height - 8);
  for (const [steps, colour, edge] of [
    [buy, 'moss', 0],
    [sell, 'sand', width],
  ] as const) {
    pen.beginPath();
    let level = height;
    for (const { price, sum } of steps) {
      pen.lineTo(x(price), level);
      level = y(sum);
      pen.lineTo(x(price), level);
    }
    pen.lineTo(edge, level);
    pen.strokeStyle = ink(colour);
    pen.lineWidth = 1.5;
    pen.stroke();
    pen.lineTo(edge, height);
    pen.fillStyle = ink(`${colour}-wash`);
    pen.fill();
  }
}

function stairs(levels: readonly (readonly [number, number])[]): { price: number; sum: number }[] {
  let sum = 0;
  return levels.map(([price, size]) => {
    sum += size;
    return { price, sum };
  });
}
