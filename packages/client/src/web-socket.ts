import type { Clock, Dial, DialEvents, FrameData, Socket } from '@hawser/core';
import { socketBufferBytes, subprotocol } from '@hawser/core';

/** The part of the web's WebSocket that is used; `terminate` is what `ws` has beside it. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  terminate?(): void;
}

export type WebSocketClass = new (url: string, protocols?: string | string[]) => WebSocketLike;

const connecting = 0;
const opened = 1;
const closed = 3;

/** How long a socket may take to answer a close. */
const closeMs = 2000;

/** How often a full buffer is looked at: the web has no event for it. */
const drainMs = 5;

/** Has `told` called with each message of a socket. */
export type Listen = (web: WebSocketLike, told: (data: FrameData) => void) => void;

/** As every WebSocket tells them. */
export const listenToEvents: Listen = (web, told) => {
  web.onmessage = ({ data }: { readonly data: string | ArrayBuffer }) =>
    told(typeof data === 'string' ? data : new Uint8Array(data));
};

export interface DialOptions {
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
  readonly listen: Listen;
}

/** Opens sockets of a WebSocket class. */
export function dialWith(
  WebSocket: WebSocketClass,
  url: string,
  { clock, report, listen }: DialOptions,
): Dial {
  return (events) => {
    try {
      const web = new WebSocket(url, subprotocol);
      listen(web, (data) => events.frame(data));
      return new ClientSocket(web, events, clock);
    } catch (error) {
      // Such as `ws:` from a page that came over `https:`.
      report(error);
      clock.after(0, () => events.closed(1006));
      return deadSocket;
    }
  };
}

const deadSocket: Socket = { buffered: 0, send() {}, close() {}, terminate() {} };

/** One socket of the web, as `core` wants it. */
class ClientSocket implements Socket {
  readonly #web: WebSocketLike;
  readonly #events: DialEvents;
  readonly #clock: Clock;
  #draining = false;
  #closing = false;

  constructor(web: WebSocketLike, events: DialEvents, clock: Clock) {
    this.#web = web;
    this.#events = events;
    this.#clock = clock;
    web.binaryType = 'arraybuffer';
    web.onopen = () => events.opened();
    web.onclose = ({ code }: { readonly code: number }) => events.closed(code);
    // Told as `close` right after; without a listener, `ws` would end the process.
    web.onerror = () => {};
  }

  get buffered(): number {
    return this.#web.bufferedAmount;
  }

  send(frame: FrameData): void {
    if (this.#web.readyState !== opened) return;
    // No memory here is shared with another thread.
    this.#web.send(frame as string | Uint8Array<ArrayBuffer>);
    if (this.buffered >= socketBufferBytes && !this.#draining) this.#awaitDrain();
  }

  close(code: number, reason: string): void {
    if (this.#web.readyState === connecting) return this.terminate();
    if (this.#closing || this.#web.readyState === closed) return;
    this.#closing = true;
    this.#web.close(code, reason);
    const patience = this.#clock.after(closeMs, () => this.#web.terminate?.());
    const { onclose } = this.#web;
    this.#web.onclose = (event: never) => {
      patience.cancel();
      onclose?.(event);
    };
  }

  terminate(): void {
    if (this.#web.terminate) this.#web.terminate();
    else this.#web.close();
  }

  #awaitDrain(): void {
    this.#draining = true;
    this.#clock.after(drainMs, () => {
      this.#draining = false;
      if (this.#web.readyState !== opened) return;
      if (this.buffered < socketBufferBytes) this.#events.drained();
      else this.#awaitDrain();
    });
  }
}
