const KIBIBYTE = 2 ** 10;
const MEBIBYTE = 2 ** 20;

export function byteSize(bytes: number): string {
  if (bytes < MEBIBYTE) return `${(bytes / KIBIBYTE).toFixed(1)} KiB`;
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}
