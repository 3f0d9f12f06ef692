/** An event id, as handlers of the simulation make them: the call's number, and its place in the stream. */
export function eventId(call: number, index: number): string {
  return `@${call}.${index}`;
}

/** The place that an event id stands for. */
export function indexOf(event: string): number {
  return Number(event.slice(event.indexOf('.') + 1));
}

const events = /"@(\d+)\.(-?\d+)"\]/g;

/** Where each stream continues, by the last event or position that reached its caller. */
export class Cursors {
  readonly #cursors = new Map<number, number>();

  /** Reads what reached a client. */
  read(body: string): void {
    if (!body.includes('"@')) return;
    for (const [, call, index] of body.matchAll(events)) this.#cursors.set(Number(call), Number(index));
  }

  of(call: number): number | undefined {
    return this.#cursors.get(call);
  }
}
