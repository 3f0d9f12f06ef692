import type { Clock, Connection, ConnectionStatus, Timer } from '@hawser/core';
import { HawserError } from '@hawser/core';
import type { OperationResultEnvelope } from '@trpc/client';
import type { ClientError } from './errors.js';
import { faulted } from './errors.js';

/** A connection's state, as tRPC's subscriptions are told of it. */
export type TRPCState = Extract<
  OperationResultEnvelope<unknown, ClientError>['result'],
  { readonly type: 'state' }
>;

/** How long a drop is kept quiet: most are over by then, and nobody need see them. */
const quietMs = 1000;

export interface LinkStateListener {
  state(state: TRPCState): void;
  /** The line is back, and whoever was told of an outage is to be told so. */
  back(): void;
}

/** Tells one subscription the state of its connection: at once, and at each change that lasts. */
export class LinkState {
  readonly #clock: Clock;
  readonly #listener: LinkStateListener;
  readonly #unsubscribe: () => void;
  #told: 'connecting' | 'pending' | undefined;
  #quiet: Timer | undefined;

  constructor(connection: Connection, clock: Clock, listener: LinkStateListener) {
    this.#clock = clock;
    this.#listener = listener;
    this.#unsubscribe = connection.subscribe((status) => this.#changed(status));
  }

  stop(): void {
    this.#quiet?.cancel();
    this.#unsubscribe();
  }

  #changed(status: ConnectionStatus): void {
    if (status.state === 'open') {
      this.#quiet?.cancel();
      this.#quiet = undefined;
      const outage = this.#told === 'connecting';
      this.#tell('pending');
      if (outage) this.#listener.back();
    } else if (this.#told === undefined) this.#tell('connecting');
    else if (this.#told === 'pending' && status.state !== 'closed') {
      this.#quiet ??= this.#clock.after(quietMs, () => this.#tell('connecting', status.reason));
    }
  }

  #tell(state: 'connecting' | 'pending', reason?: string): void {
    if (state === this.#told) return;
    this.#told = state;
    if (state === 'pending') return this.#listener.state({ type: 'state', state, error: null });
    const error = reason === undefined ? null : faulted(new HawserError('session-lost', 'unknown', reason));
    this.#listener.state({ type: 'state', state, error });
  }
}
