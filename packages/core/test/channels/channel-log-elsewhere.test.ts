import { expect, it } from 'vitest';
import { z } from 'zod';
import type { ChannelLog, LoggedEvent } from '../../src/channels/channel-log.ts';
import { channel } from '../../src/channels/index.ts';
import { MemoryLog } from '../../src/channels/memory-log.ts';
import { Taking } from './taking.ts';

/** A log whose events leave the process, and come back as plain data. */
function remoteLog(): ChannelLog {
  const log = new MemoryLog('epoch', { events: 100, bytes: 10_000 });
  const plain = new Map<number, LoggedEvent>();
  const copyOf = ({ number, json, parts, key, length }: LoggedEvent): LoggedEvent => ({
    number,
    json,
    parts: structuredClone(parts),
    key,
    length,
  });
  return {
    epoch: log.epoch,
    get first() {
      return log.first;
    },
    get last() {
      return log.last;
    },
    async append(make) {
      return copyOf(log.append(make));
    },
    read(number) {
      const event = log.read(number);
      const known = plain.get(number) ?? (event && copyOf(event));
      if (known) plain.set(number, known);
      return known;
    },
    tail: (listener) => log.tail(listener),
    trim: (first) => log.trim(first),
    close: () => log.close(),
  };
}

it('a log may keep its events elsewhere, as plain data, bytes included', async () => {
  const made = channel({
    event: z.object({ n: z.number(), raw: z.instanceof(Uint8Array) }),
    log: remoteLog(),
  });
  const taking = new Taking(made.subscribe());
  taking.take();
  expect(await made.publish({ n: 1, raw: new Uint8Array([7]) })).toBe('epoch.1');
  expect(taking.take()).toHaveLength(1);
  taking.stop();
  const byHand = made.subscribe({ after: 'epoch.0' })[Symbol.asyncIterator]();
  const { value } = await byHand.next();
  expect(value?.[1]).toEqual({ n: 1, raw: new Uint8Array([7]) });
  await byHand.return?.();
});

it('`latest` of a log that was there before makes up by a snapshot for what it cannot know', async () => {
  const log = new MemoryLog('epoch', { events: 2, bytes: 10_000 });
  const price = z.object({ of: z.string(), at: z.number() });
  const open = () => channel({ event: price, key: ({ of }) => of, log });
  const before = open();
  for (const of of ['a', 'b', 'c', 'd', 'e']) await before.publish({ of, at: 1 });
  const after = open();
  const snapshot = () => ({ of: 'all', at: 0 });
  const taking = new Taking(after.subscribe({ after: 'epoch.1', overflow: 'latest', snapshot }));
  expect(taking.take()).toEqual([]);
  await Promise.resolve();
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(JSON.stringify(taking.take())).toContain('all');
  taking.stop();
});

it('nobody gets what was published before `since`, whatever cursor they bring', async () => {
  const made = channel({ event: z.number() });
  const ids: string[] = [];
  for (let n = 1; n <= 5; n++) ids.push(await made.publish(n));
  const [epoch] = (ids[0] ?? '').split('.');
  for (const options of [
    { after: `${epoch}.0` },
    { after: 'other.1' },
    { replay: Number.POSITIVE_INFINITY },
  ]) {
    const taking = new Taking(made.subscribe({ ...options, since: ids[2] }));
    expect(taking.take().filter((word) => word.includes('@'))).toEqual(['4@4', '5@5']);
    taking.stop();
  }
});

it('what is larger than subscribers take is not published', async () => {
  const made = channel({ event: z.string() });
  await expect(made.publish('x'.repeat(4 * 1024 * 1024))).rejects.toMatchObject({
    code: 'PAYLOAD_TOO_LARGE',
  });
});

it('what is not given because of `since` is not missing', async () => {
  const made = channel({ event: z.number(), keep: { events: 3 } });
  const ids: string[] = [];
  for (let n = 1; n <= 20; n++) ids.push(await made.publish(n));
  const [epoch] = (ids[0] ?? '').split('.');
  const taking = new Taking(made.subscribe({ after: `${epoch}.5`, since: ids[17] }));
  expect(taking.take()).toEqual(['19@19', '20@20']);
  taking.stop();
});
