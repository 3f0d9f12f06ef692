const MEBIBYTE = 2 ** 20;

export function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(bytes < MEBIBYTE / 10 ? 3 : 1)} MiB`;
}
