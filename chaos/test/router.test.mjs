import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chunkOf, sumOf } from '../service/chunks.mjs';
import { isGenuine } from '../service/item.mjs';
import { Journal } from '../service/journal.mjs';
import { onPurpose } from '../service/on-purpose.mjs';
import { makeRouter } from '../service/router.mjs';
import { Sources } from '../service/sources.mjs';

let folder;
let journal;
let sources;
let api;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hawser-chaos-test-'));
  journal = new Journal(join(folder, 'journal'), 1);
  sources = new Sources();
  api = makeRouter(journal, sources).createCaller({});
});

afterEach(async () => {
  journal.close();
  await rm(folder, { recursive: true });
});

/** What the journal says of client 3. */
const written = () => Journal.read(join(folder, 'journal'), [0, 0, 0, 8]);

async function* chunks(number, count, failure) {
  for (let n = 0; n < count; n++) yield chunkOf(3, number, n);
  if (failure) throw failure;
}

test('a stream up is read to its end, and the journal knows that it was whole', async () => {
  const whose = { client: 3, number: 5 };
  const answer = await api.upload({ ...whose, digestMs: 0, chunks: chunks(5, 4) });
  expect(answer).toEqual({ count: 4, sum: sumOf(3, 5, 4) });
  const { ran, heard } = written();
  expect(heard).toMatchObject([{ ...whose, ...answer, whole: true }]);
  expect([...ran[3]]).toEqual([0, 0, 0, 0, 0, 1, 0, 0]);
});

test('a stream up that fails is broken in the journal, with what was heard of it', async () => {
  const whose = { client: 3, number: 6 };
  const failing = chunks(6, 3, new Error(onPurpose));
  await expect(api.upload({ ...whose, digestMs: 0, chunks: failing })).rejects.toThrow(onPurpose);
  expect(written().heard).toMatchObject([{ ...whose, count: 3, sum: sumOf(3, 6, 3), whole: false }]);
});

test('duplex gives back each chunk, and is broken in the journal when nobody wants more', async () => {
  const items = await api.duplex({ client: 3, number: 7, chunks: chunks(7, 5) });
  for await (const { n, chunk } of items) {
    expect(chunk).toEqual(chunkOf(3, 7, n));
    expect(sources.open).toBe(1);
    if (n === 2) break;
  }
  expect(sources.open).toBe(0);
  expect(written().heard).toMatchObject([{ number: 7, count: 3, whole: false }]);
});

test('a stream down gives its items, and fails where it is told to', async () => {
  const input = { key: 'k', count: 5, batch: 0, pauseMs: 0 };
  const { run, items } = await api.download({ ...input, failsAt: 3 });
  const seen = [];
  const reading = async () => {
    for await (const item of items) seen.push(isGenuine('k', item) && item.run === run && item.n);
  };
  await expect(reading()).rejects.toThrow(onPurpose);
  expect(seen).toEqual([0, 1, 2]);
  expect(sources.open).toBe(0);
});
