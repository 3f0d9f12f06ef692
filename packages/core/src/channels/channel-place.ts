/** Where a subscriber of a channel is, as it is told: the number of the last event that it has, and its log. */
export function placeOf(epoch: string, number: number): string {
  return `${epoch}.${number}`;
}

/** The number that a cursor names in a log of that epoch; undefined if it is none of it. */
export function numberAt(epoch: string, cursor: string): number | undefined {
  const head = `${epoch}.`;
  if (!cursor.startsWith(head)) return undefined;
  const digits = cursor.slice(head.length);
  return /^(0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : undefined;
}
