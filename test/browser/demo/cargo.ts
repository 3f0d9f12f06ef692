import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Tab } from './tab.ts';

/** No two words of it are the same: a piece that is missing, comes twice or comes too early shows in its digest. */
export function pattern(size: number): Buffer {
  const words = Uint32Array.from({ length: size / 4 }, (_, index) => index);
  return Buffer.from(words.buffer);
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** How much of its file the server has taken, from 0 to 1. */
export function shareTaken({ page }: Tab): Promise<number> {
  return page.getByTestId('cargo-bar').evaluate((bar: HTMLProgressElement) => bar.value);
}

/** Done by the page itself, so that the file cannot have arrived before somebody slower has noticed. */
export async function cutHalfWay({ page, id }: Tab, holdMs: number): Promise<void> {
  const cut = async (bar: HTMLProgressElement, url: string): Promise<void> => {
    while (bar.value < 0.5) await new Promise(requestAnimationFrame);
    await fetch(url, { method: 'POST' });
  };
  await page.getByTestId('cargo-bar').evaluate(cut, `/cut?tab=${id}&hold=${holdMs}`);
}

/** Drops a file of zeros. */
export async function dropFile({ page }: Tab, mebibytes: number): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    (size) => {
      const held = new DataTransfer();
      held.items.add(new File([new Uint8Array(size)], 'dropped.bin'));
      return held;
    },
    mebibytes * 2 ** 20,
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer });
}
