import { expect } from 'vitest';
import type { ConnectionOptions } from '../../src/rpc/connection.ts';
import { Connection } from '../../src/rpc/connection.ts';
import type { ConnectionStatus } from '../../src/session/connection-status.ts';
import type { DialEvents } from '../../src/session/ports.ts';
import type { Frame, Json } from './frames.ts';
import { controlsOf, messagesOf, welcomeFrame } from './frames.ts';
import { ManualClock } from './manual-clock.ts';
import { ManualTurn } from './manual-turn.ts';
import { present } from './present.ts';
import type { CallOptions } from './recorded-call.ts';
import { RecordedCall } from './recorded-call.ts';
import type { RecordedSubscriptionOptions } from './recorded-subscription.ts';
import { RecordedSubscription } from './recorded-subscription.ts';
import { ScriptedSocket } from './scripted-socket.ts';
import { SeededRandom } from './seeded-random.ts';
import { settle } from './settling.ts';

export type ClientOptions = Partial<Pick<ConnectionOptions, 'params' | 'lazy' | 'timeoutMs' | 'handshakeMs'>>;

/** A connection whose server is the test: each dial gives a scripted socket. */
export class ClientBench {
  readonly clock = new ManualClock();
  readonly random = new SeededRandom();
  readonly turn = new ManualTurn();
  readonly connection: Connection;
  readonly sockets: ScriptedSocket[] = [];
  readonly statuses: ConnectionStatus[] = [];
  readonly errors: unknown[] = [];
  readonly calls: { readonly call: { readonly settled: boolean } }[] = [];
  /** Whether sockets tell their close while they are being closed. */
  tellsAtOnce = false;
  /** Run in each dial, before it gives the socket. */
  onDial: ((socket: ScriptedSocket, events: DialEvents) => void) | undefined;

  constructor(options: ClientOptions = {}) {
    this.connection = new Connection({
      dial: (events) => this.#dial(events),
      clock: this.clock,
      random: this.random,
      turn: this.turn,
      wallClock: () => this.clock.now(),
      handshakeMs: 10_000,
      params: undefined,
      lazy: false,
      timeoutMs: 30_000,
      onError: (error) => void this.errors.push(error),
      ...options,
    });
    this.connection.subscribe((status) => void this.statuses.push(status));
  }

  /** The socket of the last dial. */
  get socket(): ScriptedSocket {
    return present(this.sockets.at(-1), 'socket');
  }

  /** The last socket opens. */
  async opens(): Promise<void> {
    this.#eventsOf(this.socket).opened();
    await this.settle();
  }

  /** The last socket opens and its `hello` is answered by `welcome`. */
  async welcomes(fields?: { readonly [key: string]: Json }): Promise<void> {
    await this.opens();
    await this.says(welcomeFrame(fields));
  }

  /** The last socket opens and its `hello` is answered by a `welcome` that resumes, with a window. */
  resumes(fields?: { readonly [key: string]: Json }): Promise<void> {
    return this.welcomes({ resumed: true, limits: { window: 60_000 }, ...fields });
  }

  async says(...frames: readonly Frame[]): Promise<void> {
    this.socket.says(...frames);
    await this.settle();
  }

  /** The last socket closes, and the next dial is waited for. */
  async dropsAndRedials(code?: number): Promise<void> {
    this.socket.drops(code);
    await this.untilNextDial();
  }

  /** The session is lost, and the next one is open. */
  async loses(): Promise<void> {
    await this.dropsAndRedials();
    await this.welcomes();
  }

  /** Time passes until there is another socket. */
  async untilNextDial(): Promise<void> {
    const dials = this.sockets.length;
    for (let i = 0; i < 100 && this.sockets.length === dials; i++) {
      await this.advance(present(this.clock.nextIn, 'timer'));
    }
    expect(this.sockets.length).toBe(dials + 1);
  }

  /** The fields of the hellos that were said on a socket. */
  hellos(socket = this.socket): readonly { readonly [key: string]: Json }[] {
    return controlsOf(socket.frames, 'hello').map((frame) => frame[1] as { readonly [key: string]: Json });
  }

  /** The messages that were sent on a socket. */
  messages(socket = this.socket): readonly Frame[] {
    return messagesOf(socket.frames);
  }

  query(path: string, input?: unknown, options?: CallOptions): RecordedCall {
    return this.#keep(new RecordedCall(this.connection, 'query', path, input, options));
  }

  mutation(path: string, input?: unknown, options?: CallOptions): RecordedCall {
    return this.#keep(new RecordedCall(this.connection, 'mutation', path, input, options));
  }

  subscribe(path: string, input?: unknown, options?: RecordedSubscriptionOptions): RecordedSubscription {
    return this.#keep(new RecordedSubscription(this.connection, path, input, options));
  }

  get states(): readonly string[] {
    return this.statuses.map((status) => status.state);
  }

  settle(): Promise<void> {
    return settle([() => this.turn.run()]);
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms, () => this.settle());
  }

  /** Closes and checks that nothing is left open. */
  async finish(): Promise<void> {
    await this.connection.close();
    await this.settle();
    expect(this.leftOpen()).toEqual({ timers: 0, sockets: 0, flushes: 0, calls: 0 });
  }

  leftOpen(): { timers: number; sockets: number; flushes: number; calls: number } {
    return {
      timers: this.clock.armed,
      sockets: this.sockets.filter((socket) => socket.live).length,
      flushes: this.turn.pending,
      calls: this.calls.filter(({ call }) => !call.settled).length,
    };
  }

  #keep<T extends { readonly call: { readonly settled: boolean } }>(call: T): T {
    this.calls.push(call);
    return call;
  }

  #eventsOf(socket: ScriptedSocket): DialEvents {
    return socket.events as DialEvents;
  }

  #dial(events: DialEvents): ScriptedSocket {
    const socket = new ScriptedSocket();
    socket.events = events;
    socket.tellsAtOnce = this.tellsAtOnce;
    this.sockets.push(socket);
    this.onDial?.(socket, events);
    return socket;
  }
}

/** A test of a connection alone, at whose end nothing is left open. */
export function withClient(
  options: ClientOptions,
  body: (bench: ClientBench) => Promise<void> | void,
): () => Promise<void> {
  return async () => {
    const bench = new ClientBench(options);
    await bench.settle();
    await body(bench);
    await bench.finish();
  };
}
