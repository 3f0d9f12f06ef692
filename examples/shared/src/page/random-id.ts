/** `crypto.randomUUID` exists on https and localhost only; a demo is also opened from a phone on the same net. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
