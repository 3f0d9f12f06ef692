import { useEffect, useState } from 'react';
import type { Level } from '../server/market.js';
import type { BookView } from './book-view.js';
import { api } from './line.js';

/** While trading is halted: is the book of this page, made of updates alone, the book of the exchange? */
export function Audit({ book }: { readonly book: BookView }) {
  const [verdict, setVerdict] = useState('…');
  useEffect(() => {
    const leaving = new AbortController();
    api.levels
      .query(undefined, { signal: leaving.signal })
      .then((levels) => setVerdict(compare(book, levels)))
      .catch(() => {});
    return () => leaving.abort();
  }, [book]);
  return (
    <p className="aside" data-testid="audit">
      {verdict}
    </p>
  );
}

function compare(book: BookView, levels: readonly Level[]): string {
  const wrong = levels.filter(({ side, price, size }) => book[side].get(price) !== size).length;
  const extra = book.buy.size + book.sell.size - (levels.length - wrong);
  if (wrong + extra > 0) return `differs from the exchange’s at ${Math.max(wrong, extra)} prices`;
  return `the same as the exchange’s at all ${levels.length} prices`;
}
