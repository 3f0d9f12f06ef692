import { expect } from 'vitest';
import type { ConnectionOptions } from '../../src/rpc/connection.ts';
import { Connection } from '../../src/rpc/connection.ts';
import type { Dispatch } from '../../src/rpc/dispatch.ts';
import type { ServerSession } from '../../src/rpc/host.ts';
import { Host } from '../../src/rpc/host.ts';
import type { ConnectionStatus } from '../../src/session/connection-status.ts';
import type { CloseName } from '../../src/wire/close-codes.ts';
import type { JsonObject } from '../../src/wire/control.ts';
import type { Limits } from '../../src/wire/limits.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import type { CallType } from '../../src/wire/message.ts';
import { ManualClock } from './manual-clock.ts';
import { ManualTurn } from './manual-turn.ts';
import { Network } from './network.ts';
import type { CallOptions } from './recorded-call.ts';
import { RecordedCall } from './recorded-call.ts';
import type { RecordedSubscriptionOptions } from './recorded-subscription.ts';
import { RecordedSubscription } from './recorded-subscription.ts';
import type { Handlers } from './scripted-dispatch.ts';
import { ScriptedDispatch } from './scripted-dispatch.ts';
import { SeededRandom } from './seeded-random.ts';
import { settle } from './settling.ts';

export interface WorldOptions {
  readonly handlers?: Handlers;
  /** Instead of `handlers`. */
  readonly dispatch?: Dispatch;
  readonly limits?: Partial<Limits>;
  readonly createContext?: (params: JsonObject, session: ServerSession) => unknown;
  readonly identity?: (context: unknown) => string | undefined;
  readonly keptBytes?: number;
  readonly absentSessions?: number;
  /** What a client is told when `createContext` fails. */
  readonly refuseAs?: CloseName;
  readonly client?: Partial<Pick<ConnectionOptions, 'params' | 'lazy' | 'timeoutMs'>>;
  /** Whether handlers may still run at the end: for those that never end by themselves. */
  readonly handlersOutlive?: boolean;
}

/** A client and a server that run against each other without I/O, on one clock. */
export class World {
  readonly clock = new ManualClock();
  readonly random = new SeededRandom();
  readonly network = new Network();
  readonly dispatch: ScriptedDispatch;
  readonly connection: Connection;
  /** What the connection said of itself. */
  readonly statuses: ConnectionStatus[] = [];
  /** What listeners of the connection threw. */
  readonly errors: unknown[] = [];
  readonly sessions: ServerSession[] = [];
  readonly calls: { readonly call: { readonly settled: boolean } }[] = [];
  readonly #options: WorldOptions;
  readonly #clientTurn = new ManualTurn();
  readonly #serverTurn = new ManualTurn();
  host: Host<undefined>;

  constructor(options: WorldOptions = {}) {
    this.#options = options;
    this.dispatch = new ScriptedDispatch(options.handlers);
    this.host = this.#newHost();
    this.network.listener = { accept: (socket) => this.host.accept(socket, undefined) };
    this.connection = new Connection({
      dial: this.network.dial,
      clock: this.clock,
      random: this.random,
      turn: this.#clientTurn,
      wallClock: () => this.clock.now(),
      handshakeMs: 10_000,
      params: undefined,
      lazy: false,
      timeoutMs: 30_000,
      onError: (error) => void this.errors.push(error),
      ...options.client,
    });
    this.connection.subscribe((status) => void this.statuses.push(status));
  }

  query(path: string, input?: unknown, options?: CallOptions): RecordedCall {
    return this.#call('query', path, input, options);
  }

  mutation(path: string, input?: unknown, options?: CallOptions): RecordedCall {
    return this.#call('mutation', path, input, options);
  }

  subscribe(path: string, input?: unknown, options?: RecordedSubscriptionOptions): RecordedSubscription {
    const subscription = new RecordedSubscription(this.connection, path, input, options);
    this.calls.push(subscription);
    return subscription;
  }

  /** Until nothing moves any more without time passing. */
  settle(): Promise<void> {
    return settle([() => this.#clientTurn.run(), () => this.#serverTurn.run(), () => this.network.deliver()]);
  }

  /** Until nothing moves any more but the network. */
  breathe(): Promise<void> {
    return settle([() => this.#clientTurn.run(), () => this.#serverTurn.run()]);
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms, () => this.settle());
  }

  /** The server's process ends and another takes its place; sockets are cut. */
  restart(): void {
    this.host.close();
    for (const wire of this.network.wires) wire.cut();
    this.network.lose();
    this.host = this.#newHost();
  }

  /** Closes both ends and checks that nothing is left open. */
  async finish(): Promise<void> {
    this.network.held = false;
    for (const wire of this.network.wires) if (wire.halfOpen) wire.cut();
    await this.connection.close();
    await this.settle();
    this.host.close();
    await this.settle();
    expect(this.leftOpen()).toEqual(nothing);
  }

  leftOpen(): typeof nothing {
    return {
      timers: this.clock.armed,
      sockets: this.network.wires.filter((wire) => wire.open).length,
      sessions: this.host.size,
      underWay: this.network.underWay,
      flushes: this.#clientTurn.pending + this.#serverTurn.pending,
      calls: this.calls.filter(({ call }) => !call.settled).length,
      handlers: this.#options.handlersOutlive ? 0 : this.dispatch.running,
    };
  }

  #call(type: CallType, path: string, input: unknown, options: CallOptions | undefined): RecordedCall {
    const call = new RecordedCall(this.connection, type, path, input, options);
    this.calls.push(call);
    return call;
  }

  #newHost(): Host<undefined> {
    const { createContext, dispatch, limits, refuseAs = 'trouble' } = this.#options;
    return new Host<undefined>({
      dispatch: dispatch ?? this.dispatch,
      createContext: (_request, params, session) => {
        this.sessions.push(session);
        return createContext?.(params, session);
      },
      refuse: () => ({ name: refuseAs, error: { message: refuseAs } }),
      clock: this.clock,
      random: this.random,
      turn: this.#serverTurn,
      digest: (secret) => `digest of ${secret}`,
      identity: this.#options.identity,
      address: () => 'address',
      keptBytes: this.#options.keptBytes ?? 256 * 1024 * 1024,
      absentSessions: this.#options.absentSessions ?? 20_000,
      timeoutMs: 30_000,
      report: (error) => {
        throw error;
      },
      limits: { ...defaultLimits, ...limits },
      handshakeMs: 10_000,
    });
  }
}

const nothing = {
  timers: 0,
  sockets: 0,
  sessions: 0,
  underWay: 0,
  flushes: 0,
  calls: 0,
  handlers: 0,
};

/** A test in a world of its own, at whose end nothing is left open. */
export function inWorld(
  options: WorldOptions,
  body: (world: World) => Promise<void> | void,
): () => Promise<void> {
  return async () => {
    const world = new World(options);
    await world.settle();
    await body(world);
    await world.finish();
  };
}
