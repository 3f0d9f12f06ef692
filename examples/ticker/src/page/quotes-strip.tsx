import { useStream } from '@hawser/react';
import { type GoodsSymbol, type Quote, symbols } from '../server/goods.js';
import type { QuotesEvent } from '../server/router.js';
import { api } from './line.js';
import { money } from './money.js';
import type { Tracked } from './tracked.js';

type Quotes = ReadonlyMap<GoodsSymbol, Quote>;

interface QuotesProps {
  readonly chosen: GoodsSymbol;
  readonly choose: (symbol: GoodsSymbol) => void;
}

const noQuotes: Quotes = new Map();

export function QuotesStrip({ chosen, choose }: QuotesProps) {
  const { data: quotes } = useStream(api.quotes, undefined, {
    initial: noQuotes,
    reduceAll: updateQuotes,
    reduceGap: (known) => known,
    hidden: 'pause',
  });
  return (
    <fieldset className="quotes" aria-label="Goods">
      {symbols.map((symbol) => (
        <button
          key={symbol}
          type="button"
          className="quote"
          aria-pressed={symbol === chosen}
          data-testid={`quote-${symbol}`}
          onClick={() => choose(symbol)}
        >
          <span className="quote-symbol">{symbol}</span>
          <QuoteFigures quote={quotes.get(symbol)} />
        </button>
      ))}
    </fieldset>
  );
}

function QuoteFigures({ quote }: { readonly quote: Quote | undefined }) {
  if (!quote) return <span className="aside">…</span>;
  const { last, change } = quote;
  return (
    <>
      <span className="quote-last">{money(last)}</span>
      <span className={change < 0 ? 'down' : 'up'}>
        {change < 0 ? '−' : '+'}
        {Math.abs(change).toFixed(2)} %
      </span>
    </>
  );
}

function updateQuotes(known: Quotes, events: readonly Tracked<QuotesEvent>[]): Quotes {
  const quotes = new Map(known);
  for (const { data: event } of events) {
    for (const quote of event.type === 'quotes' ? event.quotes : [event]) quotes.set(quote.symbol, quote);
  }
  return quotes;
}
