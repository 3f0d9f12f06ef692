import { Canvas } from '../../../shared/src/page/canvas.js';
import type { Surface } from '../../../shared/src/page/surface.js';
import type { Side } from '../server/market.js';
import { type BookView, ladderOf } from './book-view.js';

/** On either side of the middle, in pence: less than there are levels, so that they reach the edges. */
const SPAN = 24;
const LEVELS = 26;

export function DepthChart({ book }: { readonly book: BookView }) {
  return (
    <section className="panel depth-panel" aria-labelledby="depth-title">
      <header className="panel-head">
        <h2 id="depth-title">Depth</h2>
        <p className="aside">
          <i className="key" data-side="buy" /> buyers <i className="key" data-side="sell" /> sellers, added
          up
        </p>
      </header>
      <Canvas
        className="depth"
        label="What could be bought and sold, by price"
        draw={(surface) => drawDepth(surface, book)}
      />
    </section>
  );
}

/** What could be sold and bought at each price or better, as two flights of stairs. */
function drawDepth({ pen, width, height, ink }: Surface, book: BookView): void {
  const [buy, sell] = [stairs(book, 'buy'), stairs(book, 'sell')];
  const middle = ((buy[0]?.price ?? 0) + (sell[0]?.price ?? 0)) / 2;
  const most = Math.max(...[...buy, ...sell].map(({ sum }) => sum));
  const x = (price: number): number => width * (0.5 + (price - middle) / (2 * SPAN));
  const y = (sum: number): number => height - (sum / most) * (height - 8);
  for (const [steps, colour] of [
    [buy, 'moss'],
    [sell, 'sand'],
  ] as const) {
    let level = height;
    pen.beginPath();
    for (const { price, sum } of steps) {
      pen.lineTo(x(price), level);
      level = y(sum);
      pen.lineTo(x(price), level);
    }
    pen.strokeStyle = ink(colour);
    pen.lineWidth = 1.5;
    pen.stroke();
    pen.lineTo(x(steps.at(-1)?.price ?? middle), height);
    pen.fillStyle = ink(`${colour}-wash`);
    pen.fill();
  }
}

function stairs(book: BookView, side: Side): { price: number; sum: number }[] {
  let sum = 0;
  return ladderOf(book, side)
    .slice(0, LEVELS)
    .map(([price, size]) => {
      sum += size;
      return { price, sum };
    });
}
