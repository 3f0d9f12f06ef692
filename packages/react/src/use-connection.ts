import type { ConnectionStatus } from '@hawser/client';
import { useContext, useMemo, useSyncExternalStore } from 'react';
import type { ConnectionLike } from './connection-like.js';
import { ConnectionContext } from './connection-provider.js';

/** How often the round trip is looked at, in ms: a connection tells no change of it. And every how many times it is measured. */
const lookEveryMs = 1000;
const measureEvery = 5;

/** What a connection is doing, and why. */
export interface ConnectionView extends ConnectionStatus {
  /** The last round trip that was measured, in ms, every 5 s; undefined before the first. Looked at once a second. */
  readonly roundTripMs: number | undefined;
  /** Dials now instead of waiting; does nothing while a dial is under way, when open, and once closed. */
  readonly retry: () => void;
}

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
  const { subscribe, read, readServer } = useMemo(() => observe(chosen), [chosen]);
  return useSyncExternalStore(subscribe, read, readServer);
}

/** A connection as an external store: `read` gives the same object until something changes. */
function observe(connection: ConnectionLike) {
  const retry = (): void => connection.retry();
  let status = connection.status;
  let view: ConnectionView = { ...status, roundTripMs: connection.roundTripMs, retry };
  const server: ConnectionView = { ...idle, roundTripMs: undefined, retry };
  return {
    read(): ConnectionView {
      const { roundTripMs } = connection;
      if (status !== connection.status || view.roundTripMs !== roundTripMs) {
        status = connection.status;
        view = { ...status, roundTripMs, retry };
      }
      return view;
    },
    readServer: (): ConnectionView => server,
    subscribe(changed: () => void): () => void {
      const stop = connection.subscribe(changed);
      let looks = 0;
      const timer = setInterval(() => {
        if (looks++ % measureEvery === 0) connection.measure();
        changed();
      }, lookEveryMs);
      return () => {
        clearInterval(timer);
        stop();
      };
    },
  };
}

const idle: ConnectionStatus = { state: 'idle', reason: undefined, attempt: 0, retryAt: undefined };
