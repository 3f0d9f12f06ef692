import type { Socket, SocketEvents } from '../../src/session/ports.ts';
import type { FrameData } from '../../src/wire/binary-frame.ts';
import type { Frame } from './frames.ts';
import { Witness } from './witness.ts';

/** A socket whose other end is the test. */
export class ScriptedSocket implements Socket {
  /** Bytes that the runtime is said to hold. */
  buffered = 0;
  /** Called after each frame that was sent, to let `buffered` grow. */
  onSend: ((frame: FrameData) => void) | undefined;
  readonly sent: FrameData[] = [];
  /** The first close, with its code and reason. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  terminated = false;
  /** Whether it tells its close while it is being closed, as some runtimes do. */
  tellsAtOnce = false;
  #told = false;
  /** Who is told of this socket's events; set by whoever lends the socket. */
  events: SocketEvents | undefined;

  send(frame: FrameData): void {
    if (!this.live) return;
    this.sent.push(frame);
    this.onSend?.(frame);
  }

  close(code: number, reason: string): void {
    if (!this.live) return;
    this.closed = { code, reason };
    if (this.tellsAtOnce) this.#tell(code);
  }

  terminate(): void {
    if (this.terminated) return;
    this.terminated = true;
    if (this.tellsAtOnce) this.#tell(1006);
  }

  /** Whether this end still holds the socket. */
  get live(): boolean {
    return this.closed === undefined && !this.terminated;
  }

  /** Its text frames, as they were spelled. */
  get texts(): readonly string[] {
    return this.sent.filter((frame) => typeof frame === 'string');
  }

  get frames(): readonly Frame[] {
    const witness = new Witness({ joinsLate: true });
    return this.sent.map((data) => witness.hear(data).frame);
  }

  /** The other end says something. */
  says(...frames: readonly Frame[]): void {
    for (const frame of frames) this.events?.frame(JSON.stringify(frame));
  }

  /** The other end says something that need not be a frame. */
  saysRaw(data: string | Uint8Array): void {
    this.events?.frame(data);
  }

  /** The socket is gone. */
  drops(code = 1006): void {
    this.terminated = true;
    this.#tell(code);
  }

  /** Once, and last. */
  #tell(code: number): void {
    if (this.#told) return;
    this.#told = true;
    this.events?.closed(code);
  }
}
