/** What must be there; the test fails where it is not. */
export function present<T>(value: T | undefined, what = 'value'): T {
  if (value === undefined) throw new Error(`There is no ${what}`);
  return value;
}
