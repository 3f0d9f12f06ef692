import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ended } from './logbook.js';

export interface Receipt {
  readonly bytes: number;
  readonly sha256: string;
}

interface ReceiveOptions {
  /** How fast the bytes are taken; without it as fast as they come. */
  readonly bytesPerSecond: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly ended: Ended;
}

/** Hashes a file as it arrives, and keeps nothing of it. A slow one makes the sender wait, not this process grow. */
export async function receive(
  chunks: AsyncIterable<Uint8Array>,
  { bytesPerSecond, signal, ended }: ReceiveOptions,
): Promise<Receipt> {
  const hash = createHash('sha256');
  let bytes = 0;
  let isWhole = false;
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytesPerSecond) await sleep((chunk.length / bytesPerSecond) * 1000, undefined, { signal });
    }
    isWhole = true;
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    ended(isWhole ? 'whole' : 'early', bytes);
  }
}
