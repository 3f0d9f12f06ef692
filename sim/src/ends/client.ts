import type { ConnectionStatus, JsonObject } from '@hawser/core';
import { Connection } from '@hawser/core';
import { Machine } from '../loop/machine.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import { SeededTurn } from '../loop/seeded-turn.ts';
import type { Caller } from '../model/caller.ts';
import { isFault } from '../model/losses.ts';
import type { SessionStory } from '../model/session-story.ts';
import type { WorldParts } from '../world-parts.ts';
import { Handlers } from './handlers.ts';
import { ParamsFailure } from './moods.ts';
import { pause } from './pause.ts';

const longestParamsMs = 800;

/** A client's process: its connection, on its own machine. */
export class Client {
  readonly number: number;
  readonly machine: Machine;
  readonly connection: Connection;
  readonly handlers: Handlers;
  readonly #parts: WorldParts;
  readonly #random: SeededRandom;
  /** Who its user says to be. */
  user = 'ada';
  /** How many of the next `params` fail. */
  paramsFail = 0;
  /** Listens no more after its user closed it. */
  closed = false;

  constructor(number: number, rate: number, parts: WorldParts) {
    const { loop, random, plan, network } = parts;
    this.number = number;
    this.#parts = parts;
    this.#random = random.fork();
    this.machine = new Machine(`client ${number}`, loop, random.fork(), rate);
    this.handlers = new Handlers(parts.judge, this.machine, (_call, { caller }) => this.#sessionOf(caller));
    this.connection = new Connection({
      dial: network.dialOf(number, this.machine),
      clock: this.machine,
      random: random.fork(),
      turn: new SeededTurn(this.machine, loop, random.fork()),
      wallClock: () => this.machine.now(),
      handshakeMs: plan.handshakeMs,
      params: this.#paramsOf(plan.params),
      lazy: random.chance(0.3),
      timeoutMs: plan.timeoutMs,
      dispatch: this.handlers,
      onError: (error) => this.#report(error),
    });
    this.connection.subscribe((status) => this.#observe(status));
  }

  /** It waits for its user, not for a time. */
  get stuck(): boolean {
    const { state, retryAt } = this.connection.status;
    return state === 'waiting' && retryAt === undefined;
  }

  close(finishMs: number): void {
    this.closed = true;
    this.#parts.judge.closes(this.number);
    void this.connection.close(finishMs > 0 ? { finishMs } : {});
  }

  #paramsOf(kind: 'none' | 'at-once' | 'slow'): (() => JsonObject | Promise<JsonObject>) | undefined {
    if (kind === 'none') return undefined;
    if (kind === 'at-once') return () => this.#params();
    return async () => {
      await pause(this.machine, this.#random.uniform() * longestParamsMs);
      return this.#params();
    };
  }

  #params(): JsonObject {
    if (this.paramsFail > 0) {
      this.paramsFail--;
      throw new ParamsFailure('There are no params now');
    }
    return { user: this.user };
  }

  /** A server calls on one session, and a client hears it on no other. */
  #sessionOf({ current, client, name }: Caller): SessionStory {
    const own = current !== undefined && client === this.number;
    if (!own) throw new Error(`A call of ${name} reached ${this.machine.name}`);
    return current;
  }

  #report(error: unknown): void {
    if (error instanceof ParamsFailure) return;
    this.#parts.judge.verdicts.violated('no-crash', `${this.machine.name} reports ${String(error)}`);
  }

  #observe({ state, reason }: ConnectionStatus): void {
    this.#parts.trace.tell(this.machine.name, `is ${state}`, reason ?? '');
    this.#parts.judge.verdicts.check(
      reason === undefined || !isFault(reason),
      'no-protocol-fault',
      () => `client ${this.number} is ${state}: ${reason}`,
    );
  }
}
