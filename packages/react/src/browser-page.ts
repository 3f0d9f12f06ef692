import type { Page } from './page.js';

/** How long a frame lasts where there are none, in ms. */
const frameMs = 16;

/** The page of a browser. Nothing of it is touched before a method is called. */
export class BrowserPage implements Page {
  #waiting: (() => void)[] = [];
  /** Whether the platform was asked for a frame. */
  #asked = false;

  get hidden(): boolean {
    return typeof document !== 'undefined' && document.visibilityState === 'hidden';
  }

  now(): number {
    return performance.now();
  }

  nextFrame(callback: () => void): void {
    this.#waiting.push(callback);
    if (this.#asked) return;
    this.#asked = true;
    this.#ask(() => this.#frame());
  }

  // A channel is not throttled in hidden pages, as timers are.
  nextTurn(callback: () => void): void {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(undefined);
  }

  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  }

  watch(listener: () => void): () => void {
    if (typeof document === 'undefined') return () => {};
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  }

  #ask(callback: () => void): void {
    if (typeof requestAnimationFrame === 'function') requestAnimationFrame(callback);
    else setTimeout(callback, frameMs);
  }

  #frame(): void {
    if (this.hidden) return this.#untilSeen();
    this.#asked = false;
    for (const callback of this.#waiting.splice(0)) callback();
  }

  #untilSeen(): void {
    const stop = this.watch(() => {
      if (this.hidden) return;
      stop();
      this.#ask(() => this.#frame());
    });
  }
}

/** One for all streams: what they have to show is shown in the same frames. */
export const browserPage: Page = new BrowserPage();
