import { useContext, useMemo, useSyncExternalStore } from 'react';
import { browserPage } from './browser-page.js';
import type { ConnectionLike } from './connection-like.js';
import { ConnectionContext } from './connection-provider.js';
import type { ConnectionView } from './connection-store.js';
import { ConnectionStore } from './connection-store.js';
import { RoundTripTickers } from './round-trip-ticker.js';

const tickers = new RoundTripTickers(browserPage);

/**
 * The state of a connection; renders when something of it changes. On the server, and while a page is hydrated, it
 * is `idle`.
 *
 * @param connection By default that of the nearest `ConnectionProvider`. Throws if there is neither.
 */
export function useConnection(connection?: ConnectionLike): ConnectionView {
  const provided = useContext(ConnectionContext);
  const chosen = connection ?? provided;
  if (!chosen) throw new Error('useConnection needs a connection: pass one, or render a ConnectionProvider');
  const store = useMemo(() => new ConnectionStore(chosen, tickers.of(chosen)), [chosen]);
  return useSyncExternalStore(store.subscribe, store.view, store.firstView);
}
