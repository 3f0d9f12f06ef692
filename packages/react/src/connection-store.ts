import type { ConnectionStatus } from '@hawser/client';
import type { ConnectionLike } from './connection-like.js';
import type { RoundTripTicker } from './round-trip-ticker.js';

/** What a connection is doing, and why. */
export interface ConnectionView extends ConnectionStatus {
  /**
   * The last round trip that was measured, in ms; undefined before the first. While the page is seen and a component
   * reads this, it is measured every 5 s and looked at once a second; who does not read it does not render for it.
   */
  readonly roundTripMs: number | undefined;
  /** Dials now instead of waiting; does nothing while a dial is under way, when open, and once closed. */
  readonly retry: () => void;
}

/**
 * A connection as an external store, for one component: `view` answers the same object until something changes that
 * was read of it. To make one has no effect on anything.
 */
export class ConnectionStore {
  readonly #connection: ConnectionLike;
  readonly #ticker: RoundTripTicker;
  readonly #firstView: ConnectionView;
  #shown: Shown;

  constructor(connection: ConnectionLike, ticker: RoundTripTicker) {
    this.#connection = connection;
    this.#ticker = ticker;
    this.#firstView = { ...idle, roundTripMs: undefined, retry: this.#retry };
    this.#shown = this.#show();
  }

  readonly view = (): ConnectionView => {
    const { status, roundTripMs } = this.#connection;
    const { read } = this.#shown;
    if (this.#shown.status !== status || (read && read.roundTripMs !== roundTripMs))
      this.#shown = this.#show();
    return this.#shown.view;
  };

  /** What is shown where no effect runs. */
  readonly firstView = (): ConnectionView => this.#firstView;

  readonly subscribe = (changed: () => void): (() => void) => {
    const leave = this.#connection.subscribe(changed);
    const remove = this.#ticker.add({ reads: () => this.#shown.read !== undefined, look: changed });
    return () => {
      remove();
      leave();
    };
  };

  readonly #retry = (): void => this.#connection.retry();

  #show(): Shown {
    const connection = this.#connection;
    const { status } = connection;
    const shown: Shown = {
      status,
      read: undefined,
      view: {
        ...status,
        get roundTripMs() {
          shown.read ??= { roundTripMs: connection.roundTripMs };
          return shown.read.roundTripMs;
        },
        retry: this.#retry,
      },
    };
    return shown;
  }
}

interface Shown {
  readonly status: ConnectionStatus;
  readonly view: ConnectionView;
  /** The round trip of the view, from when it is first read: a view never changes. */
  read: { readonly roundTripMs: number | undefined } | undefined;
}

const idle: ConnectionStatus = { state: 'idle', reason: undefined, attempt: 0, retryAt: undefined };
