import type { WireMessage } from './wire-frame.ts';

/** An event id, as handlers of the simulation make them: the call's number, and its place in the stream. */
export function eventId(call: number, index: number): string {
  return `@${call}.${index}`;
}

/** The place that an event id stands for. */
export function indexOf(event: string): number {
  return Number(event.slice(event.indexOf('.') + 1));
}

/** The event id that a message sets, if it does: an item's, or a position. */
export function eventIn([kind, , ...rest]: WireMessage): string | undefined {
  const event = kind === 7 ? rest[1] : kind === 11 ? rest[0] : undefined;
  return typeof event === 'string' ? event : undefined;
}

/** An event, or a position, of the stream of a call. */
export interface CallEvent {
  readonly call: number;
  readonly event: string;
}

/** Where each stream continues, by the last event or position that reached its caller. */
export class Cursors {
  readonly #cursors = new Map<number, string>();

  /** An event reached a client. */
  reached({ call, event }: CallEvent): void {
    this.#cursors.set(call, event);
  }

  of(call: number): string | undefined {
    return this.#cursors.get(call);
  }
}
