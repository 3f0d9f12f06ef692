import type { Dial, Socket, SocketEvents } from '../../src/session/ports.ts';
import { present } from './present.ts';
import type { Shipment } from './wire.ts';
import { Wire } from './wire.ts';

/** A server as the network sees it. */
export interface Listener {
  accept(socket: Socket): SocketEvents;
}

/** Joins dials to a listener, and carries what both ends say, one thing after the other. */
export class Network {
  listener: Listener | undefined;
  /** Whether dials come to nothing. */
  down = false;
  /** Whether what is said waits until `step` or `release`. */
  held = false;
  readonly wires: Wire[] = [];
  readonly #shipments: Shipment[] = [];

  readonly dial: Dial = (events) => {
    const wire = new Wire((shipment) => void this.#shipments.push(shipment));
    this.wires.push(wire);
    wire.client.events = events;
    if (this.down || !this.listener) {
      wire.server.state = 'gone';
      this.#shipments.push({ wire, to: 'client', cargo: { kind: 'gone', code: 1006 } });
      return wire.client;
    }
    wire.onOpen = () => events.opened();
    wire.server.events = this.listener.accept(wire.server);
    this.#shipments.push({ wire, to: 'client', cargo: { kind: 'open' } });
    return wire.client;
  };

  /** The wire of the last dial. */
  get wire(): Wire {
    return present(this.wires.at(-1), 'wire');
  }

  get underWay(): number {
    return this.#shipments.length;
  }

  /** Delivers what is due first; answers whether there was anything. */
  step(): boolean {
    const shipment = this.#shipments.shift();
    if (shipment === undefined) return false;
    shipment.wire.deliver(shipment.to, shipment.cargo);
    return true;
  }

  /** Delivers what may be delivered; answers whether there was anything. */
  deliver(): boolean {
    let moved = false;
    while (!this.held && this.step()) moved = true;
    return moved;
  }

  /** What was said and not delivered is lost. */
  lose(): void {
    this.#shipments.length = 0;
  }
}
