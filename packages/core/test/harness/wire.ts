import type { FrameData } from '../../src/wire/binary-frame.ts';
import type { Frame } from './frames.ts';
import { messagesOf } from './frames.ts';
import type { Side } from './wire-end.ts';
import { WireEnd } from './wire-end.ts';
import { Witness } from './witness.ts';

export type Cargo =
  | { readonly kind: 'open' }
  | { readonly kind: 'frame'; readonly data: FrameData }
  | { readonly kind: 'close'; readonly code: number }
  /** The end that this reaches is told that the socket is gone. */
  | { readonly kind: 'gone'; readonly code: number };

export interface Shipment {
  readonly wire: Wire;
  readonly to: Side;
  readonly cargo: Cargo;
}

const other = { client: 'server', server: 'client' } as const;

/** Two sockets that are joined; what one says reaches the other when the network delivers it. */
export class Wire {
  readonly client: WireEnd = new WireEnd('client', this);
  readonly server: WireEnd = new WireEnd('server', this);
  readonly #ship: (shipment: Shipment) => void;
  /** Nothing gets through, and nobody is told. */
  halfOpen = false;
  /** Run when the client's end is told that it is open. */
  onOpen: (() => void) | undefined;

  constructor(ship: (shipment: Shipment) => void) {
    this.#ship = ship;
  }

  carry(from: Side, cargo: Cargo): void {
    this.#ship({ wire: this, to: other[from], cargo });
  }

  /** An end dropped its socket without a closing handshake. */
  reset(from: Side): void {
    this.#ship({ wire: this, to: from, cargo: { kind: 'gone', code: 1006 } });
    this.carry(from, { kind: 'gone', code: 1006 });
    this[from].state = this[from].state === 'gone' ? 'gone' : 'closing';
  }

  /** The socket dies under both ends; what was under way is lost. */
  cut(code = 1006): void {
    this.client.gone(code);
    this.server.gone(code);
  }

  deliver(to: Side, cargo: Cargo): void {
    const end = this[to];
    if (cargo.kind === 'frame' && !this.halfOpen) this[other[to]].left(cargo.data);
    // Nobody answers: whoever closes loses patience.
    if (end.state === 'gone' && cargo.kind === 'close') {
      this.#ship({ wire: this, to: other[to], cargo: { kind: 'gone', code: 1006 } });
    }
    if (end.state === 'gone' || (this.halfOpen && cargo.kind !== 'gone')) return;
    if (this.halfOpen && end.state === 'open') return;
    if (cargo.kind === 'open') this.onOpen?.();
    else if (cargo.kind === 'gone') end.gone(cargo.code);
    else if (cargo.kind === 'close') this.#closeBoth(to, cargo.code);
    else if (end.state === 'open') end.events?.frame(cargo.data);
  }

  get open(): boolean {
    return this.client.state !== 'gone' || this.server.state !== 'gone';
  }

  /** The frames that a side said. */
  frames(side: Side): readonly Frame[] {
    const witness = new Witness({ joinsLate: true });
    return this[side].said.map((data) => witness.hear(data).frame);
  }

  /** The messages that a side said. */
  said(side: Side): readonly Frame[] {
    return messagesOf(this.frames(side));
  }

  /** A close that arrived is answered; both ends are told. */
  #closeBoth(to: Side, code: number): void {
    this[to].gone(code);
    this.#ship({ wire: this, to: other[to], cargo: { kind: 'gone', code } });
  }
}
