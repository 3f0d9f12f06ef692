import { expect } from 'vitest';
import type { DataFrame } from './data-frame.ts';
import { type Frame, Kind } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { expectClosed } from './suite.ts';

/** A data frame that is counted and that nobody answers. */
export const quiet: Frame = [[Kind.cancel, 99]];

/** A quiet data frame of about so many bytes: an item of a stream that there never was. */
export function quietFrame(bytes: number): Frame {
  return [[Kind.item, 99, 'x'.repeat(bytes)]];
}

/** A mutation that adds a value to a list, which `ran` gives. */
export function append(id: number, key: string, value: number): Frame {
  return [[Kind.mutation, id, 'append', { key, value }]];
}

/** Waits for what the server says to a `hello`: `welcome`, `gone` with its reason, or the name of a `bye`. */
export async function answerOf(client: RawClient): Promise<string> {
  const [name, what] = await client.when('an answer', () => client.frames[0]);
  if (name === 'bye') await expectClosed(client, String(what));
  return name === 'welcome' ? 'welcome' : `${String(name)} ${String(what)}`;
}

export async function release(client: RawClient, key: string): Promise<void> {
  await client.ask('mutation', 'release', key);
}

/** Lets time pass at the server: the deadline of a call is the clock. */
export async function pass(client: RawClient, ms: number): Promise<void> {
  const [kind] = await client
    .call('query', 'slow', { key: `clock ${ms}` }, { timeout: Math.round(ms) })
    .final();
  expect(kind).toBe(Kind.error);
}

/** Waits until round trips through the whole server bring this client no more data. */
export async function standstill(client: RawClient, witness: RawClient): Promise<void> {
  for (let before = -1; before !== client.received; ) {
    before = client.received;
    await witness.settle();
    await client.ping();
  }
}

/** Waits until the server has said that so many frames of this client were handed on. */
export async function acknowledged(client: RawClient, count: number): Promise<void> {
  await client.when(
    `the acknowledgement of ${count} frames`,
    () => client.acknowledged >= count || undefined,
  );
}

/** Waits until so many data frames came on this socket, and gives them all. */
export function dataFrames(client: RawClient, count: number): Promise<readonly DataFrame[]> {
  return client.when(`${count} data frames`, () => (client.data.length >= count ? client.data : undefined));
}
