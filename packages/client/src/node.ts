import type { Connection, Turn } from '@hawser/core';
import { sharedFlush } from '@hawser/core';
import { WebSocket } from 'ws';
import type { ConnectOptions } from './connect.js';
import { connectWith } from './connect.js';
import type { Listen, WebSocketClass } from './web-socket.js';

export type {
  ConnectionState,
  ConnectionStatus,
  FaultCode,
  Gap,
  GapReason,
  JsonObject,
  LossReason,
  Outcome,
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

/** What is there now: fake timers of a test replace these, and one that is dropped would be the last. */
const { nextTick } = process;
const microtask = queueMicrotask;

/** Node's event loop: `nextTick` callbacks run when the microtasks are drained, before any input. */
const nodeTurn: Turn = {
  flush: sharedFlush(
    (callback) => microtask(() => nextTick(callback)),
    (error) =>
      nextTick(() => {
        throw error;
      }),
  ),
  yield(callback) {
    setImmediate(callback);
  },
};

/** `ws` makes no event objects for its own listeners. */
const listen: Listen = (web, told) => {
  (web as WebSocket).on('message', (data, isBinary) =>
    told(isBinary ? new Uint8Array(data as ArrayBuffer) : String(data)),
  );
};

/** As in a browser, over `ws`. */
export function connect(options: ConnectOptions): Connection {
  return connectWith({ WebSocket: WebSocket as WebSocketClass, listen, turn: nodeTurn }, options);
}
