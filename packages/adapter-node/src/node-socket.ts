import type { Duplex } from 'node:stream';
import type { FrameData, Socket, SocketEvents } from '@hawser/core';
import { socketBufferBytes } from '@hawser/core';
import type { RawData } from 'ws';
import { WebSocket } from 'ws';
import { textFrame } from './text-frame.js';

/** How long a socket may take to answer a close. */
const closeMs = 2000;

/** The close code for a frame over `maxPayload`. */
const tooLarge = 1009;

/** Characters of text up to which a frame is made here. */
const wholeLength = 65_536;

/** A socket of the server's that knows whose it is: so its listeners are the same functions for all. */
export class OwnedWebSocket extends WebSocket {
  owner: NodeSocket | undefined;
}

/**
 * One `ws` socket, as `core` wants it. Text leaves in frames of our own, each one buffer on the stream of the upgrade:
 * `ws` writes header and payload apart, and a vectored write for each frame is what most of its time goes to. That is
 * sound because nothing here is compressed or fragmented, so `ws` never has a frame half written.
 */
export class NodeSocket implements Socket {
  readonly #ws: OwnedWebSocket;
  readonly #stream: Duplex;
  readonly #open: Set<NodeSocket>;
  #events: SocketEvents | undefined;
  /** Told when a write that may have filled the buffer has left it; made for the first. */
  #drained: (() => void) | undefined;
  #closing = false;
  #oversized = false;

  /** It is among the `open` until it is closed. */
  constructor(ws: OwnedWebSocket, stream: Duplex, open: Set<NodeSocket>) {
    this.#ws = ws;
    this.#stream = stream;
    this.#open = open;
    open.add(this);
    ws.owner = this;
  }

  get buffered(): number {
    return this.#ws.bufferedAmount;
  }

  /** Sends the events of the socket where they belong. */
  connect(events: SocketEvents): void {
    this.#events = events;
    this.#ws.on('message', onMessage);
    this.#ws.on('error', onError);
    this.#ws.on('close', onClose);
  }

  send(frame: FrameData): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    // What the frame adds at most: three bytes a unit of text, and the header.
    const bytes = typeof frame === 'string' ? frame.length * 3 : frame.length;
    const full = this.#ws.bufferedAmount + bytes + 14 >= socketBufferBytes;
    const drained = full ? this.#whenDrained() : undefined;
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

  /** Resolves once it is closed. */
  gone(): Promise<void> {
    return new Promise((resolve) => this.#ws.once('close', () => resolve()));
  }

  message(data: RawData, isBinary: boolean): void {
    this.#events?.frame(isBinary ? (data as Buffer) : String(data));
  }

  failed({ code }: NodeJS.ErrnoException): void {
    this.#oversized ||= code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
  }

  closed(code: number): void {
    this.#open.delete(this);
    this.#events?.closed(this.#oversized ? tooLarge : code);
  }

  #whenDrained(): () => void {
    this.#drained ??= () => {
      if (this.buffered < socketBufferBytes) this.#events?.drained();
    };
    return this.#drained;
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  ownerOf(this)?.message(data, isBinary);
}

/**
 * Told as `close` right after, with 1006 even where `ws` itself has closed with 1009; without a listener it would end
 * the process.
 */
function onError(this: WebSocket, error: NodeJS.ErrnoException): void {
  ownerOf(this)?.failed(error);
}

function onClose(this: WebSocket, code: number): void {
  ownerOf(this)?.closed(code);
}

function ownerOf(ws: WebSocket): NodeSocket | undefined {
  return (ws as OwnedWebSocket).owner;
}
