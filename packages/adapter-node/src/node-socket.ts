import type { Duplex } from 'node:stream';
import type { FrameData, Socket, SocketEvents } from '@hawser/core';
import { socketBufferBytes } from '@hawser/core';
import type { RawData, WebSocket } from 'ws';
import { textFrame } from './text-frame.js';

/** How long a socket may take to answer a close. */
const closeMs = 2000;

/** The close code for a frame over `maxPayload`. */
const tooLarge = 1009;

/** Characters of text up to which a frame is made here. */
const wholeLength = 65_536;

/**
 * One `ws` socket, as `core` wants it. Text leaves in frames of our own, each one buffer on the stream of the upgrade:
 * `ws` writes header and payload apart, and a vectored write for each frame is what most of its time goes to. That is
 * sound because nothing here is compressed or fragmented, so `ws` never has a frame half written.
 */
export class NodeSocket implements Socket {
  readonly #ws: WebSocket;
  readonly #stream: Duplex;
  #drained: (() => void) | undefined;
  #closing = false;

  constructor(ws: WebSocket, stream: Duplex) {
    this.#ws = ws;
    this.#stream = stream;
  }

  get buffered(): number {
    return this.#ws.bufferedAmount;
  }

  /** Sends the events of the socket where they belong. */
  connect(events: SocketEvents): void {
    const ws = this.#ws;
    ws.on('message', (data: RawData, isBinary: boolean) => {
      events.frame(isBinary ? (data as Buffer) : String(data));
    });
    let oversized = false;
    // Told as `close` right after, with 1006 even where `ws` itself has closed with 1009; without a listener it
    // would end the process.
    ws.on('error', (error: NodeJS.ErrnoException) => {
      oversized ||= error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
    });
    ws.on('close', (code: number) => events.closed(oversized ? tooLarge : code));
    this.#drained = () => {
      if (ws.bufferedAmount < socketBufferBytes) events.drained();
    };
  }

  send(frame: FrameData): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    // What the frame adds at most: three bytes a unit of text, and the header.
    const bytes = typeof frame === 'string' ? frame.length * 3 : frame.length;
    const full = this.#ws.bufferedAmount + bytes + 14 >= socketBufferBytes;
    const drained = full ? this.#drained : undefined;
    if (typeof frame !== 'string' || frame.length > wholeLength) this.#ws.send(frame, drained);
    else if (drained) this.#stream.write(textFrame(frame), drained);
    else this.#stream.write(textFrame(frame));
  }

  close(code: number, reason: string): void {
    if (this.#closing || this.#ws.readyState === this.#ws.CLOSED) return;
    this.#closing = true;
    // Does nothing if the other end was first; but whether it comes to an end is watched all the same.
    this.#ws.close(code, reason);
    const patience = setTimeout(() => this.#ws.terminate(), closeMs).unref();
    this.#ws.once('close', () => clearTimeout(patience));
  }

  terminate(): void {
    this.#ws.terminate();
  }
}
