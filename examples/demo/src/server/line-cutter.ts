import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { targetOf } from './request-target.js';

/** The demo's scissors. It knows raw sockets only: neither end of the line is told what is coming. */
export class LineCutter {
  readonly #sockets = new Map<string, Duplex>();
  readonly #heldUntil = new Map<string, number>();

  /** Call it before `serve`: a held tab's socket must be gone before anybody answers it. */
  watch(server: Server): void {
    server.on('upgrade', (request, socket) => {
      const tab = targetOf(request).query.get('tab');
      if (tab === null) return;
      if (this.#isHeld(tab)) {
        socket.destroy();
        return;
      }
      this.#sockets.set(tab, socket);
      socket.once('close', () => {
        if (this.#sockets.get(tab) === socket) this.#sockets.delete(tab);
      });
    });
  }

  /** Destroys the tab's socket and, for `holdMs`, every one that it dials. Says whether there was one. */
  cut(tab: string, holdMs: number): boolean {
    const socket = this.#sockets.get(tab);
    socket?.destroy();
    this.#heldUntil.delete(tab);
    if (socket !== undefined && holdMs > 0) this.#heldUntil.set(tab, performance.now() + holdMs);
    return socket !== undefined;
  }

  #isHeld(tab: string): boolean {
    const held = performance.now() < (this.#heldUntil.get(tab) ?? 0);
    if (!held) this.#heldUntil.delete(tab);
    return held;
  }
}
