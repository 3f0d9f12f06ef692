const mark: unique symbol = Symbol.for('hawser.position');

interface Position {
  readonly [mark]: string;
}

/**
 * Yielded by a subscription, it says where to continue should the session be lost before the next tracked event:
 * whoever subscribes is sent nothing, and gets it back as `lastEventId`. For a stream that knows its place before it
 * has an event, such as one that begins with the latest.
 */
// It adds nothing to what a generator yields as far as types are concerned: no caller ever sees it.
export function position(id: string): never {
  const value: Position = { [mark]: id };
  return value as never;
}

/** The place that a yielded value says, if it is one. */
export function positionOf(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<Position>)[mark] : undefined;
}
