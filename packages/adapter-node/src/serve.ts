import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Host, subprotocol } from '@hawser/core';
import type { CallFailure } from '@hawser/core/trpc';
import { refusalOf, routerDispatch } from '@hawser/core/trpc';
import type { AnyTRPCRouter } from '@trpc/server';
import { WebSocketServer } from 'ws';
import { checkUpgrade, pathOf, turnAway, turnAwayUnanswered } from './doors.js';
import { nodeClock } from './node-clock.js';
import { nodeRandom } from './node-random.js';
import { NodeSocket, OwnedWebSocket } from './node-socket.js';
import { nodeTurn } from './node-turn.js';
import type { ContextOptions, ServeOptions } from './options.js';
import type { Settings } from './settings.js';
import { settingsOf } from './settings.js';

/** A router that is being served. */
export interface HawserServer {
  /** Where clients connect to, such as `ws://localhost:3000`. Throws while the HTTP server does not listen. */
  readonly url: string;
  /** Throws while the HTTP server does not listen. */
  readonly port: number;
  /** Sessions alive. */
  readonly sessions: number;
  /**
   * Ends every session: running handlers are aborted, clients are told and reconnect elsewhere or later.
   * Resolves when every socket is closed and, if `serve` made the HTTP server, the port is free.
   * A second call gives the same promise.
   */
  close(): Promise<void>;
}

/**
 * Serves a tRPC router over WebSockets. Resolves once it listens; beside an existing HTTP server, at once.
 * Rejects when it cannot listen, and for options that make
 * no sense.
 */
export async function serve<Router extends AnyTRPCRouter>(
  options: ServeOptions<Router>,
): Promise<HawserServer> {
  const server = new NodeServer(options as ServeOptions<AnyTRPCRouter>);
  await server.listen();
  return server;
}

class NodeServer implements HawserServer {
  readonly #options: ServeOptions<AnyTRPCRouter>;
  readonly #http: Server;
  readonly #settings: Settings;
  readonly #host: Host<IncomingMessage>;
  readonly #upgrader: InstanceType<typeof WebSocketServer<typeof OwnedWebSocket>>;
  readonly #sockets = new Set<NodeSocket>();
  #closed: Promise<void> | undefined;

  constructor(options: ServeOptions<AnyTRPCRouter>) {
    this.#options = options;
    this.#http = options.server ?? createServer((_, res) => res.writeHead(404).end());
    this.#settings = settingsOf(options);
    this.#host = hostOf(options, this.#settings);
    this.#upgrader = new WebSocketServer({
      WebSocket: OwnedWebSocket,
      noServer: true,
      clientTracking: false,
      maxPayload: this.#settings.limits.frameBytes,
      perMessageDeflate: false,
      handleProtocols: () => subprotocol,
    });
    this.#http.on('upgrade', this.#upgrade);
  }

  get port(): number {
    return this.#address.port;
  }

  get url(): string {
    const host = this.#options.host ?? 'localhost';
    const path = this.#settings.path === '/' ? '' : this.#settings.path;
    const scheme = 'setSecureContext' in this.#http ? 'wss' : 'ws';
    return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${this.port}${path}`;
  }

  get sessions(): number {
    return this.#host.size;
  }

  async listen(): Promise<void> {
    const { port, host } = this.#options;
    if (this.#options.server) return;
    this.#http.listen({ port, host });
    await once(this.#http, 'listening');
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#host.close();
    await Promise.all([...this.#sockets].map((socket) => socket.gone()));
    this.#http.off('upgrade', this.#upgrade);
    if (this.#options.server || !this.#http.listening) return;
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  get #address(): AddressInfo {
    const address = this.#http.address();
    if (address === null || typeof address === 'string')
      throw new Error('The server does not listen on a port');
    return address;
  }

  readonly #upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (pathOf(req) !== this.#settings.path) {
      const alone = this.#http.listenerCount('upgrade') === 1;
      return alone
        ? turnAway(socket, 404, 'Nothing is served here')
        : turnAwayUnanswered(socket, this.#settings.handshakeMs);
    }
    const refusal = checkUpgrade(req, this.#options.origin);
    if (refusal) return turnAway(socket, refusal.status, refusal.text);
    if (this.#closed !== undefined) return turnAway(socket, 503, 'The server is closing');
    this.#upgrader.handleUpgrade(req, socket, head, (ws) => this.#accept(ws, socket, req));
  };

  #accept(ws: OwnedWebSocket, stream: Duplex, req: IncomingMessage): void {
    const socket = new NodeSocket(ws, stream, this.#sockets);
    socket.connect(this.#host.accept(socket, req));
  }
}

/** Silence after which a call to a client times out, unless an option says otherwise. */
const callTimeoutMs = 30_000;

function hostOf(options: ServeOptions<AnyTRPCRouter>, settings: Settings): Host<IncomingMessage> {
  const { router, createContext } = options;
  const onError = reporter(options.onError);
  return new Host<IncomingMessage>({
    dispatch: routerDispatch({ router, buffer: options.buffer, onError }),
    createContext: (req, params, session) => {
      const contextOptions: ContextOptions = { req, params, session };
      return createContext ? createContext(contextOptions) : {};
    },
    refuse: (cause) => {
      const { name, error, failure } = refusalOf(router, cause);
      onError(failure);
      return { name, error };
    },
    clock: nodeClock,
    random: nodeRandom,
    turn: nodeTurn,
    digest: (secret) => createHash('sha256').update(secret).digest('base64'),
    identity: options.identity,
    address: (req) => req.socket.remoteAddress ?? '',
    limits: settings.limits,
    handshakeMs: settings.handshakeMs,
    keptBytes: settings.keptBytes,
    absentSessions: settings.absentSessions,
    timeoutMs: options.timeoutMs ?? callTimeoutMs,
    report: (error) => console.error(error),
  });
}

function reporter(onError: ((failure: CallFailure) => void) | undefined): (failure: CallFailure) => void {
  return (failure) => {
    try {
      if (onError) onError(failure);
      else if (failure.error.code === 'INTERNAL_SERVER_ERROR') console.error(failure.error);
    } catch (error) {
      console.error(error);
    }
  };
}
