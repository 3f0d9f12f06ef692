import type { IncomingMessage, Server } from 'node:http';
import type { JsonObject, ServerSession } from '@hawser/core';
import type { BufferOptions, CallFailure } from '@hawser/core/trpc';
import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server';

/** What `createContext` gets. */
export interface ContextOptions {
  /** The request of the upgrade: headers, cookies, address. */
  readonly req: IncomingMessage;
  /** What the client's `params()` gave for this dial; not validated. */
  readonly params: JsonObject;
  readonly session: ServerSession;
}

/**
 * Makes the context of a session's calls. Runs for each dial, before any call of it; the client waits as long as its
 * handshake deadline allows. A `TRPCError` UNAUTHORIZED, FORBIDDEN or BAD_REQUEST refuses the dial; whatever else it
 * throws has the client try again.
 */
export type CreateContext<Context> = (options: ContextOptions) => Context | Promise<Context>;

/** An error that a caller was told of. */
export type ErrorReport = CallFailure;

/** Bounds; each has a default, and each is enforced. */
export interface LimitOptions {
  /** Calls in flight in one session. Default 4,096. */
  readonly calls?: number;
  /** One message, in bytes, at least 16 KiB. Default 4 MiB. */
  readonly messageBytes?: number;
  /** The bytes beside the JSON of one message. Default 64 MiB. */
  readonly valueBytes?: number;
  /**
   * What each end of a session keeps of what the other has not acknowledged, in characters (UTF-16 units), at least 16 KiB. At the bound
   * streams are not pulled and calls wait. Default 1 MiB.
   */
  readonly windowBytes?: number;
  /**
   * What the server holds for all its clients together, in characters (UTF-16 units). Above half of it sessions keep at most 64 KiB each;
   * above it the identity, else address, that holds most gives first: its sessions without a socket are evicted, then its
   * others are closed. Default 256 MiB.
   */
  readonly keptBytes?: number;
  /** Sessions without a socket that are kept; beyond it some are evicted, as above. Default 20,000. */
  readonly absentSessions?: number;
}

interface CommonOptions<Router extends AnyTRPCRouter> {
  /** The router; its transformer, error formatter and middlewares work as with any tRPC adapter. */
  readonly router: Router;
  /** The path that is served, exactly; a query string does not count. Default `/`. */
  readonly path?: string;
  /**
   * Pages that may connect: origins such as `https://app.example.com`, or a function. Default: pages of the
   * host that they connect to. A request without an `Origin` is no page, and is let in.
   * A function that throws has refused, and what it threw is written to `console.error`.
   */
  readonly origin?: readonly string[] | ((origin: string, req: IncomingMessage) => boolean);
  /**
   * Told of every error that a caller is told of. Default: writes internal errors to `console.error`. What it
   * throws is written there too.
   */
  readonly onError?: (report: ErrorReport) => void;
  /**
   * What becomes of the items of a subscription that nobody takes in time, for procedures whose `meta` has no `buffer` of
   * its own; see `buffer`. Default: nothing is asked of a source until there is room, which not every source can bear.
   */
  readonly buffer?: BufferOptions<unknown> | undefined;
  readonly limits?: LimitOptions;
  /**
   * How long a session lives without a socket, in ms: a client that is back by then has missed nothing. 0 keeps
   * nothing: a drop is a lost session. Default 120,000.
   */
  readonly windowMs?: number;
  /** How long a new socket may take to introduce itself, in ms. Default 10,000. */
  readonly handshakeMs?: number;
  /** Silence after which a query or mutation that the server makes of a client times out, in ms. Default 30,000. */
  readonly timeoutMs?: number;
  /** Silence after which the line is tried, in ms; a dead one is found at most 5 s later. Default 10,000. */
  readonly heartbeatMs?: number;
}

/** A server of its own. */
export interface ListenOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The address to listen on. Default: all. */
  readonly host?: string;
  readonly server?: never;
}

/** Beside an HTTP server that exists: only `path` is touched. Whoever made it listens and closes it. */
export interface AttachOptions {
  readonly server: Server;
  readonly port?: never;
  readonly host?: never;
}

/** Required unless the router's context may be empty. */
type ContextOption<Context> = object extends Context
  ? { readonly createContext?: CreateContext<Context> }
  : { readonly createContext: CreateContext<Context> };

interface IdentityOption<Context> {
  /**
   * Who a context belongs to, such as a user's id: a session is resumed only under the identity that it was opened
   * with, and memory is shared out by it. What it throws is taken like an error of `createContext`. Default: whoever has the
   * session's secret may resume it, and memory is shared out by address.
   */
  readonly identity?: (context: Context) => string | undefined;
}

export type ServeOptions<Router extends AnyTRPCRouter> = CommonOptions<Router> &
  (ListenOptions | AttachOptions) &
  ContextOption<inferRouterContext<Router>> &
  IdentityOption<inferRouterContext<Router>>;
