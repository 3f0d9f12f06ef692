import type { FrameData } from '@hawser/core';
import type { Line } from './line.ts';
import type { LineEnd } from './line-end.ts';

/** What a line carries one way. `gone` tells the end that it reaches that its socket is no more. */
export type Cargo =
  | { readonly kind: 'frame'; readonly data: FrameData }
  | { readonly kind: 'close'; readonly code: number }
  | { readonly kind: 'gone'; readonly code: number };

interface Shipped {
  readonly cargo: Cargo;
  at: number;
}

/**
 * - `running`: what is sent arrives, in order
 * - `stalled`: nothing moves until it is released
 * - `severed`: nothing that is sent arrives any more; what was on its way does
 */
type State = 'running' | 'stalled' | 'severed';

/** One direction of a line: first in, first out, each frame after its latency. */
export class Flow {
  readonly #line: Line;
  readonly #from: LineEnd;
  readonly #to: LineEnd;
  readonly #queue: Shipped[] = [];
  #state: State = 'running';
  #pumping = false;
  /** Bytes that were sent and did not get through. */
  held = 0;

  constructor(line: Line, from: LineEnd, to: LineEnd) {
    this.#line = line;
    this.#from = from;
    this.#to = to;
  }

  get underWay(): number {
    return this.#queue.length;
  }

  get severed(): boolean {
    return this.#state === 'severed';
  }

  carry(cargo: Cargo): void {
    if (cargo.kind === 'frame' && (this.#state !== 'severed' || this.#line.traits.keepsUnsent)) {
      this.held += cargo.data.length;
    }
    if (this.#state !== 'severed') this.#ship(cargo, 0);
  }

  stall(): void {
    if (this.#state === 'running') this.#state = 'stalled';
  }

  /** What was held up follows now. */
  release(): void {
    if (this.#state !== 'stalled') return;
    this.#state = 'running';
    this.#pump();
  }

  /**
   * Nothing sent from now on arrives, and of what is on its way only the first `keep`. The end that this leads to
   * is told `notice`, if any, after that.
   */
  sever(keep: number, notice?: { readonly code: number; readonly delay: number }): void {
    for (const { cargo } of this.#queue.splice(keep)) if (!this.#line.traits.keepsUnsent) this.#leave(cargo);
    if (notice) this.#ship({ kind: 'gone', code: notice.code }, notice.delay);
    this.#state = 'severed';
    this.#pump();
  }

  #ship(cargo: Cargo, delay: number): void {
    const { loop, random } = this.#line.ports;
    const [low, high] = this.#line.traits.latency;
    const last = this.#queue[this.#queue.length - 1];
    const at = Math.max(last?.at ?? 0, loop.now + delay + random.between(low, high));
    this.#queue.push({ cargo, at });
    this.#pump();
  }

  #pump(): void {
    const head = this.#queue[0];
    if (head === undefined || this.#pumping || this.#state === 'stalled') return;
    this.#pumping = true;
    const awake = this.#to.machine.wakeAt;
    this.#line.ports.loop.at(Math.max(head.at, awake), this.#deliver);
  }

  readonly #deliver = (): void => {
    this.#pumping = false;
    const head = this.#queue[0];
    if (this.#state === 'stalled' || head === undefined) return;
    const { now } = this.#line.ports.loop;
    if (head.at > now || this.#to.machine.asleep) return this.#pump();
    this.#hand();
    if (this.#line.traits.bursts) while (this.#dueAt(now)) this.#hand();
    this.#pump();
  };

  #dueAt(now: number): boolean {
    const head = this.#queue[0];
    return head !== undefined && head.at <= now && this.#state !== 'stalled';
  }

  #hand(): void {
    const { cargo } = this.#queue.shift() as Shipped;
    this.#leave(cargo);
    if (cargo.kind === 'close') this.#to.receiveClose(cargo.code);
    else if (cargo.kind === 'gone') this.#to.tellGone(cargo.code);
    else if (!this.#loses(cargo.data)) this.#to.receive(cargo.data);
  }

  /** A bare ack that goes missing: the next count says more. */
  #loses(data: FrameData): boolean {
    const isAck = typeof data === 'string' && data.startsWith('["ack"');
    return isAck && this.#line.traits.losesAcks[this.#to.side];
  }

  #leave(cargo: Cargo): void {
    if (cargo.kind !== 'frame') return;
    this.held -= cargo.data.length;
    this.#from.relieved();
  }
}
