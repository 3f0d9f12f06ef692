import { connect } from 'node:net';
import { Lane } from './lane.mjs';

/** How long a socket may take to be rid of its last bytes. */
const partingMs = 1000;

/** A client's socket and the one to the server that stands for it. */
export class ProxiedSocket {
  #client;
  #server;
  #up;
  #down;
  /** @type {'live' | 'doomed' | 'closed'} Doomed: it was damaged, and lasts until its ends are told. */
  #state = 'live';
  #upgraded = false;
  #closed;
  #cut;

  /**
   * @param {import('node:net').Socket} client
   * @param {number} port The server's.
   * @param {{ readonly closed: () => void, readonly cut: () => void }} owner `cut`: an armed blade has fallen.
   */
  constructor(client, port, { closed, cut }) {
    this.#client = client;
    this.#server = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    this.#closed = closed;
    this.#cut = cut;
    this.#up = new Lane(this.#client, this.#server, (rest) => this.#fell(this.#server, rest));
    this.#down = new Lane(this.#server, this.#client, (rest) => this.#fell(this.#client, rest));
    this.#server.once('data', () => {
      this.#upgraded = true;
    });
    for (const end of [this.#client, this.#server]) {
      end.on('error', () => {});
      end.on('close', () => this.#lost(end));
    }
  }

  get live() {
    return this.#state === 'live';
  }

  /** The server has answered: what follows are WebSocket frames. */
  get upgraded() {
    return this.#upgraded;
  }

  /** @param {import('./fault-schedule.mjs').Fault['way']} way */
  lanes(way) {
    return [...(way === 'down' ? [] : [this.#up]), ...(way === 'up' ? [] : [this.#down])];
  }

  /** @param {boolean} reset */
  cut(reset) {
    this.#end(this.#client, reset);
    this.#end(this.#server, reset);
    this.#close();
  }

  /**
   * Cuts one end off and leaves the other in its belief.
   * @param {boolean} clientKnows Which end is told.
   * @param {boolean} reset
   */
  cutOneSide(clientKnows, reset) {
    this.#state = 'doomed';
    this.#up.swallow();
    this.#down.swallow();
    this.#end(clientKnows ? this.#client : this.#server, reset);
  }

  halfOpen() {
    this.#state = 'doomed';
    this.#up.swallow();
    this.#down.swallow();
  }

  /** @param {import('node:net').Socket} end */
  #lost(end) {
    // Whoever is doomed is told by the line, in its time.
    if (this.#state !== 'live') return;
    if (end.errored) return this.cut(true);
    this.#other(end).end();
    setTimeout(() => this.cut(false), partingMs).unref();
  }

  /** @param {import('node:net').Socket} end */
  #other(end) {
    return end === this.#client ? this.#server : this.#client;
  }

  /**
   * @param {import('node:net').Socket} to
   * @param {Buffer} rest
   */
  #fell(to, rest) {
    this.#other(to).resetAndDestroy();
    to.end(rest);
    setTimeout(() => to.destroy(), partingMs).unref();
    this.#cut();
    this.#close();
  }

  /**
   * @param {import('node:net').Socket} end
   * @param {boolean} reset
   */
  #end(end, reset) {
    if (reset) end.resetAndDestroy();
    else end.destroy();
  }

  #close() {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#up.stop();
    this.#down.stop();
    this.#closed();
  }
}
