import { useStream } from '@hawser/react';
import { useState } from 'react';
import { Shell } from '../../../shared/src/page/shell.js';
import type { GoodsSymbol } from '../server/goods.js';
import { BookPanel } from './book-panel.js';
import { countSpared, emptyBook, updateBook } from './book-view.js';
import { DepthChart } from './depth-chart.js';
import { DeskPanel } from './desk-panel.js';
import { FloorPanel } from './floor-panel.js';
import { api, connection } from './line.js';
import { PriceChart } from './price-chart.js';
import { QuotesStrip } from './quotes-strip.js';
import { isResting, useDesk } from './use-desk.js';
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
  const [symbol, setSymbol] = useState<GoodsSymbol>('HEMP');
  const [price, setPrice] = useState<number>();
  const pace = useStream(api.pace.watch, undefined).data?.data;
  const book = useStream(
    api.book,
    { symbol },
    { initial: emptyBook, reduceAll: updateBook, reduceGap: countSpared, hidden: 'pause' },
  );
  const desk = useDesk();
  const choose = (next: GoodsSymbol): void => {
    setSymbol(next);
    setPrice(undefined);
  };
  const own = new Set(
    desk.rows.filter((row) => row.symbol === symbol && isResting(row)).map((row) => row.price),
  );
  return (
    <div className="floor">
      <QuotesStrip chosen={symbol} choose={choose} />
      <PriceChart symbol={symbol} />
      <BookPanel
        symbol={symbol}
        book={book.data}
        status={book.status}
        own={own}
        halted={pace === 0}
        choosePrice={setPrice}
      />
      <DepthChart symbol={symbol} book={book.data} />
      <DeskPanel symbol={symbol} book={book.data} chosenPrice={price} desk={desk} />
      <FloorPanel pace={pace} updates={book.data.updates} spared={book.data.spared} />
    </div>
  );
}
