import { expect } from 'vitest';
import type { Dispatch } from '../../src/rpc/dispatch.ts';
import type { ServerSession } from '../../src/rpc/host.ts';
import { Host } from '../../src/rpc/host.ts';
import type { CloseName } from '../../src/wire/close-codes.ts';
import type { JsonObject } from '../../src/wire/control.ts';
import type { Limits } from '../../src/wire/limits.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import type { Frame, Json } from './frames.ts';
import { helloFrame, messagesOf, resumeFrame, secretOf } from './frames.ts';
import { ManualClock } from './manual-clock.ts';
import { ManualTurn } from './manual-turn.ts';
import type { Handlers } from './scripted-dispatch.ts';
import { ScriptedDispatch } from './scripted-dispatch.ts';
import { ScriptedSocket } from './scripted-socket.ts';
import { SeededRandom } from './seeded-random.ts';
import { settle } from './settling.ts';

export interface ServerOptions {
  readonly handlers?: Handlers;
  /** Instead of `handlers`. */
  readonly dispatch?: Dispatch;
  readonly limits?: Partial<Limits>;
  readonly createContext?: (request: string, params: JsonObject, session: ServerSession) => unknown;
  readonly refuse?: (failure: unknown) => { readonly name: CloseName; readonly error: unknown };
  readonly handshakeMs?: number;
  readonly identity?: (context: unknown) => string | undefined;
  readonly keptBytes?: number;
  readonly absentSessions?: number;
  /** Whether handlers may still run at the end: for those that never end by themselves. */
  readonly handlersOutlive?: boolean;
}

/** A host whose clients are the test: frames in, frames out. */
export class ServerBench {
  readonly clock = new ManualClock();
  readonly turn = new ManualTurn();
  readonly dispatch: ScriptedDispatch;
  readonly host: Host<string>;
  readonly sockets: ScriptedSocket[] = [];
  readonly #handlersOutlive: boolean;

  constructor(options: ServerOptions = {}) {
    this.dispatch = new ScriptedDispatch(options.handlers);
    this.#handlersOutlive = options.handlersOutlive ?? false;
    this.host = new Host<string>({
      dispatch: options.dispatch ?? this.dispatch,
      createContext: options.createContext ?? (() => undefined),
      refuse: options.refuse ?? (() => ({ name: 'trouble', error: { message: 'trouble' } })),
      clock: this.clock,
      random: new SeededRandom(),
      turn: this.turn,
      digest: (secret) => `digest of ${secret}`,
      identity: options.identity,
      address: (request) => request,
      keptBytes: options.keptBytes ?? 256 * 1024 * 1024,
      absentSessions: options.absentSessions ?? 20_000,
      timeoutMs: 30_000,
      report: (error) => {
        throw error;
      },
      limits: { ...defaultLimits, ...options.limits },
      handshakeMs: options.handshakeMs ?? 10_000,
    });
  }

  /** A socket comes in and says nothing yet. */
  visit(request = 'request'): ScriptedSocket {
    const socket = new ScriptedSocket();
    this.sockets.push(socket);
    socket.events = this.host.accept(socket, request);
    return socket;
  }

  /** A client that is let in; what it says follows its `hello` at once. */
  async enter(name: string, ...frames: readonly Frame[]): Promise<ScriptedSocket> {
    const socket = this.visit();
    socket.says(helloFrame({ secret: secretOf(name) }), ...frames);
    await this.settle();
    return socket;
  }

  /** A client that is let in and shows that it has seen the limits: from then on it is held to them. */
  async enterInformed(name: string): Promise<ScriptedSocket> {
    const socket = await this.enter(name);
    await this.says(socket, ['ack', 0, 0]);
    return socket;
  }

  /** A client asks for its session again, on a new socket. */
  async resume(
    name: string,
    fields: { readonly [key: string]: Json } = {},
    request = 'request',
  ): Promise<ScriptedSocket> {
    const socket = this.visit(request);
    await this.says(socket, resumeFrame(name, fields));
    return socket;
  }

  async says(socket: ScriptedSocket, ...frames: readonly Frame[]): Promise<void> {
    socket.says(...frames);
    await this.settle();
  }

  /** The messages that a client was sent. */
  messages(socket: ScriptedSocket): readonly Frame[] {
    return messagesOf(socket.frames);
  }

  settle(): Promise<void> {
    return settle([() => this.turn.run()]);
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms, () => this.settle());
  }

  /** Closes and checks that nothing is left open. */
  async finish(): Promise<void> {
    this.host.close();
    await this.settle();
    expect(this.leftOpen()).toEqual({ timers: 0, sockets: 0, sessions: 0, flushes: 0, handlers: 0 });
  }

  leftOpen(): { timers: number; sockets: number; sessions: number; flushes: number; handlers: number } {
    return {
      timers: this.clock.armed,
      sockets: this.sockets.filter((socket) => socket.live).length,
      sessions: this.host.size,
      flushes: this.turn.pending,
      handlers: this.#handlersOutlive ? 0 : this.dispatch.running,
    };
  }
}

/** A test of a host alone, at whose end nothing is left open. */
export function withServer(
  options: ServerOptions,
  body: (bench: ServerBench) => Promise<void> | void,
): () => Promise<void> {
  return async () => {
    const bench = new ServerBench(options);
    await body(bench);
    await bench.finish();
  };
}
