import { useStream } from '@hawser/react';
import { Shell } from '../../../shared/src/page/shell.js';
import { BookPanel } from './book-panel.js';
import { countSpared, emptyBook, updateBook } from './book-view.js';
import { DepthChart } from './depth-chart.js';
import { DeskPanel } from './desk-panel.js';
import { FloorPanel } from './floor-panel.js';
import { api, connection } from './line.js';
import { PriceChart } from './price-chart.js';
import './ticker.css';

export function App() {
  return (
    <Shell
      app="ticker"
      connection={connection}
      lead="Every change of the order book reaches this page, or a newer one in its place. An order is placed once, whatever the line does."
    >
      <Floor />
    </Shell>
  );
}

function Floor() {
  const pace = useStream(api.pace.watch, undefined).data?.data;
  const { data: book } = useStream(api.book, undefined, {
    initial: emptyBook,
    reduceAll: updateBook,
    reduceGap: countSpared,
    hidden: 'pause',
  });
  return (
    <div className="floor">
      <PriceChart />
      <BookPanel book={book} halted={pace === 0} />
      <DepthChart book={book} />
      <DeskPanel />
      <FloorPanel pace={pace} updates={book.updates} spared={book.spared} />
    </div>
  );
}
