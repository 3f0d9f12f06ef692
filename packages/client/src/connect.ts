import type { Clock, JsonObject, Random, Turn } from '@hawser/core';
import { Connection, limits } from '@hawser/core';
import type { AnyTRPCRouter } from '@trpc/server';
import { LateDispatch } from './late-dispatch.js';
import type { Listen, WebSocketClass } from './web-socket.js';
import { dialWith, listenToEvents } from './web-socket.js';

export interface ConnectOptions {
  /** Where the server listens: `ws:` or `wss:`; in a browser also a path of the page's own host. */
  readonly url: string;
  /**
   * Credentials and the like, for `createContext`. Called anew for each dial, so that a token is never stale; at
   * most 63 KiB of JSON, within 10 s. A rejection is told to `onError`, and tried again with backoff.
   */
  readonly params?: (() => JsonObject | Promise<JsonObject>) | undefined;
  /** Dial at the first call, not at once. Default false. */
  readonly lazy?: boolean | undefined;
  /** Silence after which a query or mutation times out, in ms. Default 30,000, looked at about every second; `Infinity` is never. */
  readonly timeoutMs?: number | undefined;
  /**
   * What the server may call: a tRPC router of this end. Its procedures get an empty context; what they need, they have
   * from where they were written.
   */
  readonly router?: AnyTRPCRouter | undefined;
  /** Told what a listener or callback threw, and of failed subscriptions without `onError`. Default: the console. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** A WebSocket class, for runtimes that have none of their own. */
  readonly WebSocket?: WebSocketClass | undefined;
}

/** What differs from runtime to runtime. */
export interface Runtime {
  readonly WebSocket: WebSocketClass | undefined;
  /** How that class is listened to, where there is a quicker way than by an event for each message. */
  readonly listen?: Listen;
  readonly turn: Turn;
}

export const clock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};

const random: Random = {
  uniform: () => Math.random(),
  secret() {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const text = btoa(String.fromCharCode(...bytes));
    return text.replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
  },
};

/** Throws a `TypeError` for a URL that no WebSocket can have, and where there is no WebSocket at all. */
export function connectWith(runtime: Runtime, options: ConnectOptions, base?: string): Connection {
  const url = webSocketUrl(options.url, base);
  const report = reporter(options.onError);
  const WebSocket = options.WebSocket ?? runtime.WebSocket;
  const listen = options.WebSocket ? listenToEvents : (runtime.listen ?? listenToEvents);
  if (WebSocket === undefined) throw new TypeError('This runtime has no WebSocket: pass one as an option');
  return new Connection({
    dial: dialWith(WebSocket, url, { clock, report, listen }),
    clock,
    random,
    turn: runtime.turn,
    wallClock: Date.now,
    params: options.params,
    dispatch: options.router && new LateDispatch(options.router, report),
    handshakeMs: limits.handshake.default,
    lazy: options.lazy ?? false,
    timeoutMs: options.timeoutMs ?? 30_000,
    onError: report,
  });
}

function reporter(onError: (error: unknown) => void = console.error): (error: unknown) => void {
  return (error) => {
    try {
      onError(error);
    } catch (failure) {
      console.error(failure);
    }
  };
}

function webSocketUrl(url: string, base: string | undefined): string {
  const parsed = new URL(url, base);
  parsed.protocol = parsed.protocol.replace(/^http/, 'ws');
  if (parsed.protocol !== 'ws:' && parsed.protocol !== 'wss:') {
    throw new TypeError(`Not a WebSocket URL: ${url}`);
  }
  parsed.hash = '';
  return parsed.href;
}
