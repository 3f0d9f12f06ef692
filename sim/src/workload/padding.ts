const longest = 4096;
const narrow = 'x'.repeat(longest);
const wide = '漢'.repeat(longest);

/** Text of a length; some of it takes three bytes a character. */
export function padding(length: number): string {
  return (length % 5 === 4 ? wide : narrow).slice(0, length);
}
