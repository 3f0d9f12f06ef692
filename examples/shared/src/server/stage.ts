import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { LineCutter } from '../../../demo/src/server/line-cutter.js';
import { targetOf } from '../../../demo/src/server/request-target.js';
import type { Mount, Running, Start } from './mount.js';

/** How long an example is away when it restarts, in ms: long enough to be seen. */
const RESTART_MS = 1_200;

/** One example in its place: its lines can be cut, and its server restarted, while the others go on. */
export class Stage {
  readonly #start: Start;
  readonly #cutter = new LineCutter();
  #mount: Mount | undefined;
  #running: Running | undefined;
  #restarting: Promise<void> | undefined;

  constructor(start: Start) {
    this.#start = start;
  }

  async open(): Promise<void> {
    const mount = { server: createServer(), path: '/rpc' };
    this.#running = await this.#start(mount);
    this.#mount = mount;
  }

  async close(): Promise<void> {
    await this.#restarting;
    await this.#stop();
  }

  /** A POST to a path below the example's. Says whether there was something to answer; a restart is answered when it is done. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const { path, query } = targetOf(request);
    if (this.#running?.answer?.(request, response)) return true;
    const done = (found: boolean): boolean => response.writeHead(found ? 204 : 404).end() !== undefined;
    const tab = query.get('tab') ?? '';
    switch (path) {
      case '/cut':
        return done(this.#cutter.cut(tab));
      case '/mend':
        this.#cutter.mend(tab);
        return done(true);
      case '/restart':
        this.#restarting ??= this.#restart();
        void this.#restarting.then(() => done(true));
        return true;
      default:
        return false;
    }
  }

  /** A dial, to a path below the example's. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const tab = targetOf(request).query.get('tab') ?? '';
    if (!this.#cutter.admit(tab, socket)) return;
    if (this.#mount) this.#mount.server.emit('upgrade', request, socket, head);
    else socket.destroy();
  }

  async #restart(): Promise<void> {
    await this.#stop();
    await sleep(RESTART_MS);
    await this.open();
    this.#restarting = undefined;
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    this.#mount = undefined;
    this.#running = undefined;
    await running?.close();
  }
}
