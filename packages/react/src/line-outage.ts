import type { ConnectionLike } from './connection-like.js';
import type { Page } from './page.js';

/** How long a drop is kept quiet, in ms: most are over by then, and nobody need see them. */
const quietMs = 1000;

/** Whether a line has been away for longer than a moment, from `follow` until `stop`. */
export class LineOutage {
  readonly #page: Page;
  readonly #changed: () => void;
  #away = false;
  #cancel: (() => void) | undefined;
  #leave: () => void = () => {};

  constructor(page: Page, changed: () => void) {
    this.#page = page;
    this.#changed = changed;
  }

  get away(): boolean {
    return this.#away;
  }

  follow(connection: ConnectionLike): void {
    this.#leave = connection.subscribe(({ state }) => {
      if (state === 'open') this.#set(false);
      else this.#cancel ??= this.#page.after(quietMs, () => this.#set(true));
    });
  }

  stop(): void {
    this.#leave();
    this.#cancel?.();
  }

  #set(away: boolean): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#away === away) return;
    this.#away = away;
    this.#changed();
  }
}
