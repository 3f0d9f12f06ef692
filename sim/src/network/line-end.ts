import type { FrameData, Socket, SocketEvents, Timer } from '@hawser/core';
import { socketBufferBytes } from '@hawser/core';
import type { Machine } from '../loop/machine.ts';
import type { Line, Side } from './line.ts';

/** How long a socket waits for the answer to its close. */
const closeMs = 2000;

/** How long after it was dropped a socket tells so at most. */
const droppingMs = 3;

const abnormal = 1006;

/**
 * - `unborn`: not opened, or not accepted, yet
 * - `open`: frames go in and out
 * - `closing`: this end is through with it and waits to be told that it is gone
 * - `gone`: told
 */
export type EndState = 'unborn' | 'open' | 'closing' | 'gone';

/** One end of a line, as the socket that an adapter would lend. */
export class LineEnd implements Socket {
  readonly line: Line;
  readonly side: Side;
  readonly machine: Machine;
  /** Where its events go. */
  events: SocketEvents | undefined;
  state: EndState = 'unborn';
  #patience: Timer | undefined;
  #full = false;

  constructor(line: Line, side: Side, machine: Machine) {
    this.line = line;
    this.side = side;
    this.machine = machine;
  }

  /** For traces. */
  get name(): string {
    return `${this.machine.name}/${this.line.number}`;
  }

  get buffered(): number {
    return this.line.from(this.side).held * this.line.traits.weight;
  }

  send(frame: FrameData): void {
    if (this.state !== 'open' || !this.machine.running) return;
    this.line.ports.watcher.said(this, frame);
    // What arrives is in another process: no memory is shared with it.
    const data = typeof frame === 'string' ? frame : frame.slice();
    this.line.from(this.side).carry({ kind: 'frame', data });
    if (this.buffered >= socketBufferBytes) this.#full = true;
  }

  close(code: number, _reason: string): void {
    if (this.state === 'unborn') return this.terminate();
    if (this.state !== 'open' || !this.machine.running) return;
    this.line.ports.watcher.closing(this, code);
    this.state = 'closing';
    this.#patience = this.machine.after(closeMs, () => this.#reset());
    this.line.from(this.side).carry({ kind: 'close', code });
  }

  terminate(): void {
    if (this.state === 'gone' || !this.machine.running) return;
    this.line.ports.watcher.dropped(this);
    this.#reset();
  }

  /** What reached this end. */
  receive(data: FrameData): void {
    if (this.state !== 'open') return;
    this.line.ports.watcher.heard(this, data);
    this.events?.frame(data);
  }

  /** A close reached this end: it is answered. */
  receiveClose(code: number): void {
    if (this.state === 'gone') return;
    this.line.from(this.side).carry({ kind: 'gone', code });
    this.tellGone(code);
  }

  /** A frame left this end's buffer. */
  relieved(): void {
    if (!this.#full || this.buffered >= socketBufferBytes || this.state !== 'open') return;
    this.#full = false;
    this.machine.post(this.line.ports.loop.now, () => {
      if (this.state !== 'open') return;
      this.line.ports.watcher.drained(this);
      this.events?.drained();
    });
  }

  /** The machine under this end ends; nobody is told here. */
  vanish(): void {
    this.state = 'gone';
  }

  tellGone(code: number): void {
    if (this.state === 'gone') return;
    this.state = 'gone';
    this.#patience?.cancel();
    this.line.ports.watcher.gone(this, code);
    this.events?.closed(code);
  }

  #reset(): void {
    this.#patience?.cancel();
    if (this.state === 'open' || this.state === 'closing') {
      this.line.from(this.side).carry({ kind: 'gone', code: abnormal });
    }
    this.state = 'closing';
    const { loop, random } = this.line.ports;
    if (this.line.traits.tellsAtOnce) this.tellGone(abnormal);
    else this.machine.post(loop.now + random.uniform() * droppingMs, () => this.tellGone(abnormal));
  }
}
