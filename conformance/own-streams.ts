import type { Path } from './attachments.ts';
import { type CallName, type Frame, type Json, Kind } from './frames.ts';
import type { Call, RawClient } from './raw-client.ts';
import { defaultLimit } from './tables.ts';

/** A call whose input holds streams that the client sends. */
export interface StreamingCall extends Call {
  /** The id of the first. */
  readonly stream: number;
  readonly streams: readonly number[];
}

/** Makes a call with a stream at each of `paths`, where `input` has `null`. */
export function callWith(
  client: RawClient,
  name: CallName,
  path: string,
  input: Json,
  ...paths: readonly Path[]
): StreamingCall {
  const rows = paths.map((path): [Path, number] => [path, client.nextStream()]);
  const call = client.call(name, path, input, { streams: rows });
  const streams = rows.map(([, id]) => id);
  return { ...call, stream: streams[0] ?? 0, streams };
}

/** A call of `take`, which adds what it takes of a stream to the list of `key`. */
export function take(
  client: RawClient,
  key: string,
  rest: { most?: number; gated?: boolean } = {},
): StreamingCall {
  return callWith(client, 'mutation', 'take', { key, items: null, ...rest }, ['items']);
}

/** Numbers from `from` on, as the items of one frame. */
export function itemsOf(stream: number, count: number, from = 0): Frame {
  return Array.from({ length: count }, (_, index) => [Kind.item, stream, from + index]);
}

/** An error shape with what a callee may count on. */
export function failure(message: string): Json {
  return { message };
}

/** The largest item window that the server gave for a stream of the client. */
export function windowOf(client: RawClient, stream: number): number {
  const grants = client.demands(stream).map(([, , , items]) => (typeof items === 'number' ? items : 0));
  return Math.max(defaultLimit('firstItems'), ...grants);
}

/** Sends numbers from 0 on, as fast as credit allows. */
export async function sendItems(client: RawClient, stream: number, total: number): Promise<void> {
  for (let sent = 0; sent < total; ) {
    const room = await client.when(`credit for more than ${sent} items of ${stream}`, () =>
      roomOf(client, stream) > sent ? roomOf(client, stream) : undefined,
    );
    const count = Math.min(room, total) - sent;
    client.send(itemsOf(stream, count, sent));
    sent += count;
  }
}

/** How many items of a stream the client may have sent. */
function roomOf(client: RawClient, stream: number): number {
  const grants = client.demands(stream).filter(([kind]) => kind === Kind.credit);
  const windows = grants.flatMap(([, , , items]) => (typeof items === 'number' ? [items] : []));
  const consumed = Math.max(0, ...grants.map(([, , count]) => Number(count)));
  return consumed + (windows.at(-1) ?? defaultLimit('firstItems'));
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
