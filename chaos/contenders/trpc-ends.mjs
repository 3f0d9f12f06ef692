import { once } from 'node:events';
import { createTRPCClient, createWSClient, TRPCClientError, wsLink } from '@trpc/client';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocket, WebSocketServer } from 'ws';

/** @typedef {import('../contender.mjs').Router} Router */

/** @type {import('../contender.mjs').Contender['serve']} */
export async function serveTrpc(router, port) {
  const wss = new WebSocketServer({ port, host: '127.0.0.1' });
  await once(wss, 'listening');
  applyWSSHandler({ wss, router, keepAlive: { enabled: true, pingMs: 1000, pongWaitMs: 5000 } });
  return { port: /** @type {import('node:net').AddressInfo} */ (wss.address()).port };
}

/** tRPC's own client over its own WebSocket link. */
export class TrpcClient {
  #ws;
  #api;

  /**
   * @param {string} url
   * @param {(what: string) => void} note
   * @param {import('@trpc/client').TRPCLink<Router>} retry
   */
  constructor(url, note, retry) {
    this.#ws = createWSClient({
      url,
      WebSocket: /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket)),
      keepAlive: { enabled: true, intervalMs: 1000, pongTimeoutMs: 5000 },
      onOpen: () => note('open'),
      onClose: (cause) => note(`closed ${cause?.code ?? ''}`),
    });
    this.#api = /** @type {import('@trpc/client').TRPCClient<Router>} */ (
      createTRPCClient({ links: [retry, wsLink({ client: this.#ws })] })
    );
  }

  /** @type {import('../contender.mjs').Client['echo']} */
  echo(input) {
    return this.#api.echo.query(input);
  }

  /** @type {import('../contender.mjs').Client['bump']} */
  bump(input) {
    return this.#api.bump.mutate(input);
  }

  /** @type {import('../contender.mjs').Client['stream']} */
  stream(path, input, consumer) {
    const told = inTurn(consumer);
    if (path === 'untracked') this.#api.untracked.subscribe(input, { ...told, onData: told.item });
    else this.#api.tracked.subscribe(input, { ...told, onData: ({ data }) => told.item(data) });
  }

  /** @type {import('../contender.mjs').Client['watch']} */
  watch(told) {
    let begun = false;
    this.#api.watch.subscribe(undefined, {
      onData(run) {
        told(run, begun ? 'socket lost' : undefined);
        begun = true;
      },
      onError() {},
    });
  }

  close() {
    void this.#ws.close();
  }
}

/**
 * Nothing waits for a consumer: what it has not taken queues up here, in order, as in tRPC's own async iterator.
 * That it connects or starts once more is the one hint that items may be missing.
 * @param {import('../contender.mjs').Consumer} consumer
 */
function inTurn({ item, gap, end, error }) {
  let turn = Promise.resolve();
  let started = false;
  /** @param {() => void | Promise<void>} step */
  const next = (step) => {
    turn = turn.then(step);
  };
  return {
    item: (/** @type {import('../contender.mjs').Item} */ it) => next(() => item(it)),
    onStarted() {
      if (started) next(() => gap('started again'));
      started = true;
    },
    onConnectionStateChange(/** @type {{ state: string }} */ { state }) {
      if (started && state === 'connecting') next(() => gap('connecting'));
    },
    onComplete: () => next(end),
    onError: (/** @type {unknown} */ failure) => next(() => error(failure)),
  };
}

/** @type {import('../contender.mjs').Contender['failureOf']} */
export function trpcFailure(error) {
  if (!(error instanceof TRPCClientError))
    return { outcome: 'unknown', code: 'untyped', reason: String(error) };
  if (error.data) return { outcome: 'answered', code: 'error', reason: error.message };
  // A `CloseEvent` or `ErrorEvent` of the socket, or tRPC's own error about it.
  const { cause } = /** @type {{ cause?: { type?: string, name?: string } }} */ (error);
  const reason = cause?.type ?? cause?.name ?? error.message;
  return { outcome: 'unknown', code: 'connection-lost', reason };
}
