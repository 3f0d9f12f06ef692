import type { ConnectionState, ConnectionStatus } from '../session/connection-status.js';
import type { DiallerOptions } from '../session/dialler.js';
import { Dialler } from '../session/dialler.js';
import { longestTimerMs } from '../session/ports.js';
import type { Session, SessionEnd } from '../session/session.js';
import { closeCodes, isCloseName } from '../wire/close-codes.js';
import type { Dispatch } from './dispatch.js';
import { HawserError } from './hawser-error.js';
import { noDispatch } from './no-dispatch.js';
import type { CallRequest, CallSink } from './outgoing-call.js';
import { OutgoingCall } from './outgoing-call.js';
import type { PeerOwner } from './peer.js';
import { Peer } from './peer.js';
import { PreparingCalls } from './preparing-calls.js';

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
  /** Runs the calls that the server makes; without it there is nothing to call. */
  readonly dispatch?: Dispatch | undefined;
  /** Told what a listener threw. Must not throw. */
  readonly onError: (error: unknown) => void;
}

type Listener = (status: ConnectionStatus) => void;

/** A client's end of the line: calls that outlive sockets and, where that is safe, sessions. */
export class Connection implements Caller {
  readonly #options: ConnectionOptions;
  readonly #dialler: Dialler;
  /** Each with the last status it was told. */
  readonly #listeners = new Map<Listener, ConnectionStatus>();
  /** One current peer, and any number whose calls are finishing. */
  readonly #peers = new Set<Peer>();
  readonly #preparing: PreparingCalls;
  #current!: Peer;
  /** Changes that listeners are being told of, in order, whatever a listener does about one. */
  readonly #changes: ConnectionStatus[] = [];
  #told: ConnectionStatus | undefined;
  /** Set while the connection waits for its last calls. */
  #finishing: { readonly done: Promise<void>; readonly finish: () => void } | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#preparing = new PreparingCalls(options.clock);
    this.#dialler = new Dialler(options, {
      current: (session) => this.#adopt(session),
      refused: (end) => this.#refuse(end),
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

  /**
   * What the last round trip of this session that was measured took, in ms: by `measure`, or because the line itself
   * had something to ask, as it has when it was silent for a heartbeat. Undefined before the first.
   */
  get roundTripMs(): number | undefined {
    return this.#dialler.roundTripMs;
  }

  /** Measures a round trip: `roundTripMs` is another once the answer is here. Does nothing unless open. */
  measure(): void {
    this.#dialler.measure();
  }

  /** Told of errors that have no other way to their user. */
  get report(): (error: unknown) => void {
    return this.#options.onError;
  }

  /** Tells the status now and at each change, until the returned function is called. */
  subscribe(listener: (status: ConnectionStatus) => void): () => void {
    const own = (status: ConnectionStatus): void => listener(status);
    // Changes that others are still being told of led to this status, and are no news any more.
    this.#listeners.set(own, this.status);
    this.#notify(own, this.status);
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
   * any more. With `finishMs`, waits up to so long for the calls that are open, subscriptions included; new ones
   * reject. Resolves when no call is open; a second call may cut a wait short.
   */
  close(options: { readonly finishMs?: number } = {}): Promise<void> {
    const { finishMs = 0 } = options;
    if (finishMs > 0 && this.#busy) return this.#finishing?.done ?? this.#waitFor(finishMs);
    this.#shut();
    return Promise.resolve();
  }

  call(request: CallRequest, sink: CallSink): OutgoingCall {
    const { clock, turn } = this.#options;
    const call = new OutgoingCall(request, sink, clock.now());
    if (this.#finishing || this.state === 'closed') call.stop(new HawserError('closed', 'not-run'));
    else if (call.watch(clock, turn)) {
      if (request.later) this.#prepare(call, request.later);
      else this.#make(call);
    }
    return call;
  }

  #prepare(call: OutgoingCall, later: NonNullable<CallRequest['later']>): void {
    this.#preparing.add(call, later, {
      ready: () => this.#make(call),
      over: () => this.#checkFinished(),
    });
  }

  #make(call: OutgoingCall): void {
    this.#current.call(call);
    this.#dialler.want();
  }

  #refuse(end: SessionEnd): void {
    this.#preparing.stop(() => new HawserError('refused', 'not-run', end.name), end.error);
    this.#current.refuse(end);
  }

  #waitFor(ms: number): Promise<void> {
    let finish = (): void => {};
    const done = new Promise<void>((resolve) => {
      const patience = this.#options.clock.after(Math.min(ms, longestTimerMs), () => this.#shut());
      finish = () => {
        patience.cancel();
        resolve();
      };
    });
    this.#finishing = { done, finish };
    return done;
  }

  #checkFinished(): void {
    if (this.#finishing && !this.#busy) this.#shut();
  }

  #shut(): void {
    this.#dialler.close();
    this.#preparing.stop(() => new HawserError('closed', 'not-run'));
    this.#finishing?.finish();
  }

  get #busy(): boolean {
    for (const peer of this.#peers) if (peer.outstanding) return true;
    return this.#preparing.size > 0;
  }

  #adopt(session: Session): void {
    const { clock, timeoutMs, dispatch = noDispatch } = this.#options;
    const owner: PeerOwner = {
      idle: () => this.#checkFinished(),
      lost: (calls, end) => {
        this.#peers.delete(peer);
        // First all that goes on, in call order; then whoever is told may make new calls.
        const news = [() => this.#losePreparing(end)];
        for (const call of calls) this.#lost(call, end, news);
        this.#tell();
        for (const tell of news) tell();
        this.#checkFinished();
      },
    };
    const peer: Peer = new Peer(session, { clock, timeoutMs, dispatch }, owner);
    // What its procedures need, they have from where they were written.
    peer.context = {};
    this.#peers.add(peer);
    this.#current = peer;
  }

  /** Moves a call to the current session where that is safe, and rejects it where it is not. */
  #lost(call: OutgoingCall, end: SessionEnd, news: (() => void)[]): void {
    // Moving one call may turn it away, and whoever is told of that may give up another.
    if (call.settled) return;
    const fault = this.#faultOf(call, end);
    if (fault) news.push(() => call.lose(fault, fault.code === 'refused' ? end.error : undefined));
    else if (call.left && !end.untouched) this.#repeat(call, end, news);
    else this.#current.call(call);
  }

  /** Those that are yet to be made were asked in the same name. */
  #losePreparing(end: SessionEnd): void {
    this.#preparing.stop((call) => this.#faultOf(call, end), isRefusal(end) ? end.error : undefined);
  }

  /** Why a call cannot go on; undefined if it can. */
  #faultOf(call: OutgoingCall, end: SessionEnd): HawserError | undefined {
    if (this.state === 'closed') return new HawserError('closed', call.outcome);
    if (end.name === 'not-hawser' || isRefusal(end)) {
      const outcome = end.untouched && !call.repeated ? 'not-run' : call.outcome;
      return new HawserError('refused', outcome, end.name);
    }
    // What was asked in one name is not asked in another.
    if (end.name === 'refused') return new HawserError('session-lost', call.outcome, end.name);
    return this.#mayGoOn(call, end) ? undefined : new HawserError('session-lost', call.outcome, end.name);
  }

  #mayGoOn(call: OutgoingCall, end: SessionEnd): boolean {
    if (!call.repeatable) return false;
    const { type, idempotent } = call.request;
    if (!call.left || end.untouched || type === 'subscription') return true;
    return (type === 'query' || idempotent === true) && !call.repeated;
  }

  /** Makes a call again that can have run. */
  #repeat(call: OutgoingCall, end: SessionEnd, news: (() => void)[]): void {
    if (call.request.type === 'subscription') {
      const place = call.sink.restart(end.name);
      if (place === 'stop') {
        news.push(() => call.lose(new HawserError('gap', 'unknown', end.name)));
        return;
      }
      call.after = place.after;
      news.push(() => call.sink.restarted());
    }
    call.repeated = true;
    this.#current.call(call);
  }

  #sweep(now: number): void {
    for (const peer of this.#peers) peer.sweep(now);
    this.#preparing.sweep(now, this.#options.timeoutMs);
  }

  /** Tells the status, unless it was told. */
  #tell(): void {
    const { status } = this;
    if (status === this.#told) return;
    this.#told = status;
    this.#changes.push(status);
    if (this.#changes.length > 1) return;
    for (let change = this.#changes[0]; change; change = this.#changes[0]) {
      for (const listener of [...this.#listeners.keys()]) this.#tellOne(listener, change);
      this.#changes.shift();
    }
  }

  /** One that came while others were told of older changes hears none of them, and none twice. */
  #tellOne(listener: Listener, change: ConnectionStatus): void {
    const last = this.#listeners.get(listener);
    if (last === undefined || this.#changes.indexOf(last) >= 0) return;
    this.#listeners.set(listener, change);
    this.#notify(listener, change);
  }

  #notify(listener: Listener, status: ConnectionStatus): void {
    try {
      listener(status);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function isRefusal(end: SessionEnd): boolean {
  return isCloseName(end.name) && closeCodes[end.name].client !== 'redial';
}
