/** In ms, of one clock for all processes, which nobody sets while they run. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}
