import type { Socket, SocketEvents } from '../../src/session/ports.ts';
import { socketBufferBytes } from '../../src/session/ports.ts';
import type { FrameData } from '../../src/wire/binary-frame.ts';
import { bytesOf } from './binary-frames.ts';
import type { Wire } from './wire.ts';

export type Side = 'client' | 'server';

/** One end of a wire, as a socket. */
export class WireEnd implements Socket {
  readonly side: Side;
  readonly #wire: Wire;
  events: SocketEvents | undefined;
  /** Everything that this end said, delivered or not. */
  readonly said: FrameData[] = [];
  /** `open` until this end, or the wire, is through with it. */
  state: 'open' | 'closing' | 'gone' = 'open';
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  #buffered = 0;
  #full = false;

  constructor(side: Side, wire: Wire) {
    this.side = side;
    this.#wire = wire;
  }

  /** What this end sent and the network has not delivered. */
  get buffered(): number {
    return this.#buffered;
  }

  send(frame: FrameData): void {
    if (this.state !== 'open') return;
    this.said.push(frame);
    this.#buffered += bytesOf(frame);
    if (this.#buffered >= socketBufferBytes) this.#full = true;
    this.#wire.carry(this.side, { kind: 'frame', data: frame });
  }

  close(code: number, reason: string): void {
    if (this.state !== 'open') return;
    this.state = 'closing';
    this.closedWith = { code, reason };
    this.#wire.carry(this.side, { kind: 'close', code });
  }

  terminate(): void {
    if (this.state === 'gone') return;
    this.#wire.reset(this.side);
  }

  /** A frame left this end's buffer. */
  left(frame: FrameData): void {
    this.#buffered -= bytesOf(frame);
    if (!this.#full || this.#buffered >= socketBufferBytes || this.state !== 'open') return;
    this.#full = false;
    this.events?.drained();
  }

  /** The socket is gone. */
  gone(code: number): void {
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.events?.closed(code);
  }
}
