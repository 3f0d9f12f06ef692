/** What a failure says of itself. Never throws: what was thrown need not be an error, nor be willing to become text. */
export function messageOf(failure: unknown): string {
  try {
    return failure instanceof Error ? failure.message : String(failure);
  } catch {
    return 'Something was thrown that cannot be read';
  }
}
