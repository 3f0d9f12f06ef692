/** A name that no other log ever had. */
export function newEpoch(): string {
  let name = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(9))) name += byte.toString(36).padStart(2, '0');
  return name;
}
