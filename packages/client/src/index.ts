import type { Connection } from '@hawser/core';
import type { ConnectOptions } from './connect.js';
import { connectWith } from './connect.js';
import { followPage } from './page-events.js';
import type { WebSocketClass } from './web-socket.js';
import { webTurn } from './web-turn.js';

export type {
  ConnectionState,
  ConnectionStatus,
  FaultCode,
  Gap,
  GapReason,
  JsonObject,
  LossReason,
  Outcome,
  Progress,
  StreamSource,
} from '@hawser/core';
export { Connection, HawserError, hawserErrorOf, outcomeOf } from '@hawser/core';
export type {
  CallOptions,
  Client,
  IterateOptions,
  MutateOptions,
  ObserveOptions,
  SubscribeOptions,
  SubscriptionCallbacks,
  Unsubscribable,
} from './client.js';
export type { ConnectOptions } from './connect.js';
export type { ClientLine } from './create-client.js';
export { createClient } from './create-client.js';
export type { WebSocketClass, WebSocketLike } from './web-socket.js';

/**
 * Connects to a Hawser server, and stays connected until `close`. Dials at once unless `lazy`.
 * Throws a `TypeError` for a URL that no WebSocket can have; everything else is told by the connection's state.
 */
export function connect(options: ConnectOptions): Connection {
  const base = typeof location === 'undefined' ? undefined : location.href;
  const { WebSocket } = globalThis as { readonly WebSocket?: WebSocketClass };
  const connection = connectWith({ WebSocket, turn: webTurn }, options, base);
  followPage(connection);
  return connection;
}
