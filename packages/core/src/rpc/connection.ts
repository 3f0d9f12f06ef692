import type { ConnectionState, ConnectionStatus } from '../session/connection-status.js';
import type { DiallerOptions } from '../session/dialler.js';
import { Dialler } from '../session/dialler.js';
import type { Session, SessionEnd } from '../session/session.js';
import { closeCodes, isCloseName } from '../wire/close-codes.js';
import { HawserError } from './hawser-error.js';
import { noDispatch } from './no-dispatch.js';
import type { CallRequest, CallSink } from './outgoing-call.js';
import { OutgoingCall } from './outgoing-call.js';
import { Peer } from './peer.js';

/** Whatever can make calls of the other end. */
export interface Caller {
  /** Makes a call; what becomes of it goes to the sink, at the earliest during this call. */
  call(request: CallRequest, sink: CallSink): OutgoingCall;
}

export interface ConnectionOptions extends DiallerOptions {
  /** Dial at the first call, not at once. */
  readonly lazy: boolean;
  /** Silence after which a query or mutation times out, in ms. */
  readonly timeoutMs: number;
  /** Told what a listener threw. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** A client's end of the line: calls that outlive sockets and, where that is safe, sessions. */
export class Connection implements Caller {
  readonly #options: ConnectionOptions;
  readonly #dialler: Dialler;
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  /** One current peer, and any number whose calls are finishing. */
  readonly #peers = new Set<Peer>();
  #current!: Peer;
  /** Set while the connection waits for its last calls. */
  #finish: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#dialler = new Dialler(options, {
      current: (session) => this.#adopt(session),
      statusChanged: () => this.#tell(),
      swept: (now) => this.#sweep(now),
      busy: () => this.#busy,
      paramsFailed: options.onError,
    });
    if (!options.lazy) this.#dialler.want();
  }

  get state(): ConnectionState {
    return this.#dialler.status.state;
  }

  /** The state with its reason; the same object until something changes. */
  get status(): ConnectionStatus {
    return this.#dialler.status;
  }

  /** Told of errors that have no other way to their user. */
  get onError(): (error: unknown) => void {
    return this.#options.onError;
  }

  /** Tells the status now and at each change, until the returned function is called. */
  subscribe(listener: (status: ConnectionStatus) => void): () => void {
    const own = (status: ConnectionStatus): void => listener(status);
    this.#listeners.add(own);
    this.#notify(own);
    return () => void this.#listeners.delete(own);
  }

  /** Dials now instead of waiting; does nothing while a dial is under way, when open, and after `close`. */
  retry(): void {
    this.#dialler.retry();
  }

  /** To be called when the machine woke or the network came back: dials now, or tries the open line. */
  wake(): void {
    this.#dialler.wake();
  }

  /**
   * Closes for good: open calls reject at once with code `closed`, the server is told, nothing is dialled
   * any more. With `finishMs`, waits up to so long for the calls that are open; new ones reject.
   */
  async close(options: { readonly finishMs?: number } = {}): Promise<void> {
    const { finishMs = 0 } = options;
    if (finishMs > 0 && this.#busy) {
      await new Promise<void>((resolve) => {
        const patience = this.#options.clock.after(finishMs, resolve);
        this.#finish = () => {
          patience.cancel();
          resolve();
        };
      });
    }
    this.#finish ??= () => {};
    this.#dialler.close();
  }

  call(request: CallRequest, sink: CallSink): OutgoingCall {
    const { clock } = this.#options;
    const call = new OutgoingCall(request, sink, clock.now());
    if (this.#finish || this.state === 'closed') call.stop(new HawserError('closed', 'not-run'));
    else if (request.signal?.aborted) call.stop(aborted(call));
    else {
      if (request.signal) call.listen(() => call.stop(aborted(call)));
      if (call.deadlineAt !== undefined) {
        const timeout = (): void => call.stop(new HawserError('timeout', call.outcome));
        call.timer = clock.after(call.deadlineAt - clock.now(), timeout);
      }
      this.#current.call(call);
      this.#dialler.want();
    }
    return call;
  }

  get #busy(): boolean {
    for (const peer of this.#peers) if (peer.outstanding) return true;
    return false;
  }

  #adopt(session: Session): void {
    const { clock, timeoutMs } = this.#options;
    const peer: Peer = new Peer(session, {
      clock,
      timeoutMs,
      dispatch: noDispatch,
      idle: () => {
        if (!this.#busy) this.#finish?.();
      },
      lost: (calls, end) => {
        this.#peers.delete(peer);
        for (const call of calls) this.#lost(call, end);
      },
    });
    this.#peers.add(peer);
    this.#current = peer;
  }

  /** Moves a call to the current session where that is safe, and rejects it where it is not. */
  #lost(call: OutgoingCall, end: SessionEnd): void {
    if (this.state === 'closed') return call.lose(new HawserError('closed', call.outcome));
    if (end.name === 'not-hawser' || isRefusal(end)) {
      const outcome = end.untouched && !call.repeated ? 'not-run' : call.outcome;
      return call.lose(new HawserError('refused', outcome, end.name), end.error);
    }
    if (!call.left || end.untouched) return this.#current.call(call);
    if (call.request.type === 'subscription') return this.#restart(call, end);
    if (call.request.type === 'mutation' || call.repeated) {
      return call.lose(new HawserError('session-lost', 'unknown', end.name));
    }
    call.repeated = true;
    this.#current.call(call);
  }

  #restart(call: OutgoingCall, end: SessionEnd): void {
    const place = call.sink.restart(end.name);
    if (place === 'stop') return call.lose(new HawserError('gap', 'unknown', end.name));
    call.after = place.after;
    call.repeated = true;
    this.#current.call(call);
  }

  #sweep(now: number): void {
    for (const peer of this.#peers) peer.sweep(now);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) this.#notify(listener);
  }

  #notify(listener: (status: ConnectionStatus) => void): void {
    try {
      listener(this.status);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function aborted(call: OutgoingCall): HawserError {
  return new HawserError('aborted', call.outcome, undefined, call.request.signal?.reason);
}

function isRefusal(end: SessionEnd): boolean {
  return isCloseName(end.name) && closeCodes[end.name].client === 'wait';
}
