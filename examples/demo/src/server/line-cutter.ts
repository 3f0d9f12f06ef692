import type { Duplex } from 'node:stream';

/** A line that nobody mends comes back by itself, in ms: the tab may be gone. */
const HELD_AT_MOST_MS = 600_000;

/** The scissors. They know raw sockets only: neither end of a line is told what is coming. */
export class LineCutter {
  readonly #sockets = new Map<string, Duplex>();
  readonly #held = new Map<string, NodeJS.Timeout>();

  /** Takes note of a tab's socket, or destroys it if the tab's line is cut. Says whether it may go on. */
  admit(tab: string, socket: Duplex): boolean {
    if (this.#held.has(tab)) {
      socket.destroy();
      return false;
    }
    this.#sockets.set(tab, socket);
    socket.once('close', () => {
      if (this.#sockets.get(tab) === socket) this.#sockets.delete(tab);
    });
    return true;
  }

  /** Destroys the tab's socket and, for `holdMs` or until `mend`, every one that it dials. Says whether there was one. */
  cut(tab: string, holdMs = HELD_AT_MOST_MS): boolean {
    const socket = this.#sockets.get(tab);
    // Nothing to cut: without a hold, the next dial goes through all the same.
    if (socket === undefined && holdMs > 0) return false;
    this.mend(tab);
    if (holdMs > 0) this.#held.set(tab, setTimeout(() => this.mend(tab), holdMs).unref());
    socket?.destroy();
    return socket !== undefined;
  }

  mend(tab: string): void {
    clearTimeout(this.#held.get(tab));
    this.#held.delete(tab);
  }
}
