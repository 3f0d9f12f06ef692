import { once } from 'node:events';
import { createServer } from 'node:net';
import { ProxiedSocket } from './proxied-socket.mjs';

/** How often a port that was given up is tried for again, should somebody else have it. */
const relistenMs = 100;

/** What is kept of a line's history, to show beside a violation. */
const historyLength = 200;

/** One client's way to the server: a port of its own, and what befalls it. */
export class Line {
  #serverPort;
  #listener;
  #port = 0;
  /** @type {Set<ProxiedSocket>} */
  #sockets = new Set();
  /** Cuts the next socket in its upgrade. @type {import('./fault-schedule.mjs').Fault | undefined} */
  #nextUpgrade;
  /** @type {'listening' | 'refusing' | 'closed'} */
  #state = 'listening';
  #told;
  /** @type {{ readonly at: number, readonly what: string }[]} */
  #history = [];

  /**
   * @param {number} serverPort
   * @param {(kind: import('./fault-schedule.mjs').FaultKind) => void} told Of each fault that hit a socket.
   */
  constructor(serverPort, told) {
    this.#serverPort = serverPort;
    this.#told = told;
    this.#listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#accept(client));
  }

  /**
   * @param {number} serverPort
   * @param {(kind: import('./fault-schedule.mjs').FaultKind) => void} told
   */
  static async open(serverPort, told) {
    const line = new Line(serverPort, told);
    line.#listener.listen(0, '127.0.0.1');
    await once(line.#listener, 'listening');
    const address = /** @type {import('node:net').AddressInfo} */ (line.#listener.address());
    line.#port = address.port;
    line.#listener.on('error', () => setTimeout(() => line.#listen(), relistenMs));
    return line;
  }

  get port() {
    return this.#port;
  }

  /** The newest last. */
  get history() {
    return this.#history;
  }

  /**
   * Does what the fault says, and answers what ends it; undefined if there was nothing to hit.
   * @param {import('./fault-schedule.mjs').Fault} fault
   * @returns {(() => void) | undefined}
   */
  strike(fault) {
    const sockets = [...this.#sockets].filter((socket) => socket.live);
    if (sockets.length === 0 && fault.kind !== 'refuse') return undefined;
    switch (fault.kind) {
      case 'cut':
        return this.#done(fault, () => this.#cutAll(fault.reset));
      case 'cut in a frame':
        return this.#armFrames(fault, sockets);
      case 'cut in the upgrade':
        this.#nextUpgrade = fault;
        this.#cutAll(fault.reset);
        return () => {};
      case 'cut on one side':
        return this.#doom(fault, sockets, (socket) => socket.cutOneSide(fault.way !== 'down', fault.reset));
      case 'half-open':
        return this.#doom(fault, sockets, (socket) => socket.halfOpen());
      case 'stall':
        return this.#hamper(fault, sockets, (lane) => lane.stall());
      case 'throttle':
        return this.#hamper(fault, sockets, (lane) => lane.throttle(fault.share));
      case 'refuse':
        return this.#refuse(fault);
      default:
        throw new Error(`No such fault: ${fault.kind}`);
    }
  }

  /** Whatever is still damaged goes; from now on the line works. */
  heal() {
    this.#nextUpgrade = undefined;
    this.#relisten();
    for (const socket of this.#sockets) {
      for (const lane of socket.lanes('both')) lane.cutAt(undefined);
      for (const lane of socket.lanes('both')) lane.flow();
      if (!socket.live) socket.cut(true);
    }
  }

  close() {
    this.#state = 'closed';
    this.#listener.close();
    for (const socket of this.#sockets) socket.cut(true);
  }

  /** @param {import('node:net').Socket} client */
  #accept(client) {
    const socket = new ProxiedSocket(client, this.#serverPort, {
      closed: () => this.#sockets.delete(socket),
      cut: () => this.#note(armed?.kind ?? 'cut in a frame'),
    });
    const armed = this.#nextUpgrade;
    this.#nextUpgrade = undefined;
    this.#sockets.add(socket);
    if (!armed) return;
    const lanes = socket.lanes(armed.way === 'up' ? 'up' : 'down');
    for (const lane of lanes) lane.cutAt((chunk) => Math.max(1, Math.floor(chunk.length * armed.share)));
  }

  /** @param {boolean} reset */
  #cutAll(reset) {
    for (const socket of this.#sockets) if (socket.live) socket.cut(reset);
  }

  /**
   * @param {import('./fault-schedule.mjs').Fault} fault
   * @param {readonly ProxiedSocket[]} sockets
   */
  #armFrames(fault, sockets) {
    for (const socket of sockets) {
      const [lane] = socket.lanes(fault.way === 'up' ? 'up' : 'down');
      lane?.cutAt((chunk) =>
        socket.upgraded && chunk.length > 1 ? Math.max(1, Math.floor(chunk.length * fault.share)) : undefined,
      );
    }
    return () => {};
  }

  /**
   * @param {import('./fault-schedule.mjs').Fault} fault
   * @param {readonly ProxiedSocket[]} sockets
   * @param {(socket: ProxiedSocket) => void} damage
   */
  #doom(fault, sockets, damage) {
    return this.#done(
      fault,
      () => sockets.forEach(damage),
      () => {
        for (const socket of sockets) socket.cut(fault.reset);
      },
    );
  }

  /**
   * @param {import('./fault-schedule.mjs').Fault} fault
   * @param {readonly ProxiedSocket[]} sockets
   * @param {(lane: import('./lane.mjs').Lane) => void} slow
   */
  #hamper(fault, sockets, slow) {
    const lanes = sockets.flatMap((socket) => socket.lanes(fault.way));
    return this.#done(
      fault,
      () => lanes.forEach(slow),
      () => {
        for (const lane of lanes) lane.flow();
      },
    );
  }

  /** @param {import('./fault-schedule.mjs').Fault} fault */
  #refuse(fault) {
    return this.#done(
      fault,
      () => {
        this.#state = 'refusing';
        this.#listener.close();
        this.#cutAll(fault.reset);
      },
      () => this.#relisten(),
    );
  }

  /**
   * @param {import('./fault-schedule.mjs').Fault} fault
   * @param {() => void} begin
   */
  #done(fault, begin, end = () => {}) {
    begin();
    this.#note(fault.kind, `${fault.way}${fault.lasts ? ` ${fault.lasts} ms` : ''}`);
    return end;
  }

  #relisten() {
    if (this.#state !== 'refusing') return;
    this.#state = 'listening';
    this.#listen();
  }

  #listen() {
    if (this.#state === 'listening' && !this.#listener.listening)
      this.#listener.listen(this.#port, '127.0.0.1');
  }

  /** @param {import('./fault-schedule.mjs').FaultKind} kind */
  #note(kind, detail = '') {
    this.#history.push({ at: Date.now(), what: `${kind} ${detail}`.trim() });
    if (this.#history.length > historyLength) this.#history.shift();
    this.#told(kind);
  }
}
