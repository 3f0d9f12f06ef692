import { describe, expect, it } from 'vitest';
import type { StandardSchema } from '../../src/channels/index.ts';
import { channel, MemoryLog } from '../../src/channels/index.ts';
import { collectedHeap } from '../harness/collected-heap.ts';
import { Taking } from './taking.ts';

const anything: StandardSchema = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) },
};

const million = 1_000_000;
const mebibyte = 1_048_576;

/** Publishes a million events, and lets what they leave behind go now and then. */
async function publishAll(publish: (number: number) => Promise<string>): Promise<string> {
  let id = '';
  for (let number = 1; number <= million; number++) {
    const publishing = publish(number);
    if (number % 10_000 === 0) id = await publishing;
  }
  return id;
}

describe('a channel with a million events published', { timeout: 120_000 }, () => {
  it('holds what it keeps, whoever is behind, and numbers them all', async () => {
    let bytes = 0;
    let most = 0;
    const log = new MemoryLog('epoch', { events: 1_000, bytes: mebibyte }, (more) => {
      bytes += more;
      most = Math.max(most, bytes);
    });
    const made = channel({ event: anything, log });
    const slow = Array.from({ length: 100 }, () => new Taking(made.subscribe()));
    for (const taking of slow) taking.take();
    await made.publish({ text: 'x'.repeat(100), number: 0 });
    const before = collectedHeap();
    expect(await publishAll((number) => made.publish({ text: 'x'.repeat(100), number }))).toBe(
      `epoch.${million + 1}`,
    );
    expect(log.last - log.first + 1).toBe(1_000);
    expect(most).toBeLessThan(200_000);
    // A thousand events of 150 characters, and what the runtime does with a million.
    expect(collectedHeap() - before).toBeLessThan(4 * mebibyte);
    for (const taking of slow) {
      expect(taking.take(1)).toEqual([`gap dropped ${million + 1 - 1_000}`]);
      taking.stop();
    }
  });

  it('holds of each key no more than that', async () => {
    const made = channel({ event: anything, key: (event) => `${event}`, keep: { events: 100 } });
    const taking = new Taking(made.subscribe({ overflow: 'latest' }));
    taking.take();
    await made.publish(0);
    const before = collectedHeap();
    await publishAll((number) => made.publish(number));
    expect(collectedHeap() - before).toBeLessThan(mebibyte);
    expect(taking.take().slice(-1)).toEqual([`${million}@${million + 1}`]);
    taking.stop();
  });
});

describe('a channel of large events', () => {
  it('holds as much as it may, and nothing once it is closed', async () => {
    const made = channel({ event: anything, keep: { bytes: 4 * mebibyte } });
    await made.publish('');
    const before = collectedHeap();
    for (let i = 0; i < 200; i++) await made.publish(`${i}`.padEnd(mebibyte, 'x'));
    expect(collectedHeap() - before).toBeLessThan(6 * mebibyte);
    made.close();
    expect(collectedHeap() - before).toBeLessThan(mebibyte);
  });

  it('holds as much once more of the newest of each key', async () => {
    const key = (text: unknown): unknown => `${text}`.slice(0, 8);
    const made = channel({ event: anything, key, keep: { bytes: 2 * mebibyte } });
    await made.publish('');
    const before = collectedHeap();
    for (let i = 0; i < 100; i++) await made.publish(`${i}`.padEnd(8).padEnd(mebibyte, 'x'));
    expect(collectedHeap() - before).toBeLessThan(6 * mebibyte);
    made.close();
    expect(collectedHeap() - before).toBeLessThan(mebibyte);
  });
});
