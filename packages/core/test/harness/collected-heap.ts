import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
/** Collects all garbage. */
export const collect = runInNewContext('gc') as () => void;

/** Bytes on the heap that somebody holds. Memory of typed arrays is not among them: it is let go of later. */
export function collectedHeap(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
