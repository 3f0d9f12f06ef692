import { connect, createClient, hawserErrorOf } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import { createTRPCClient, TRPCClientError } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { eventually, openDock } from '../../../test/sockets/dock.ts';
import { Gate } from '../../../test/sockets/gate.ts';
import { faultOf, rejection } from '../../../test/sockets/rejection.ts';
import type { ValueRouter } from './value-line.ts';
import { all, valueLine } from './value-line.ts';

const dock = openDock();

/** A Blob of another realm, whose bytes come when the test says so. */
class SlowBlob {
  readonly size = 3;
  readonly type = 'text/plain';
  /** Whether somebody has begun to read it. */
  asked = false;
  readonly bytes = new Gate<Uint8Array>();

  get [Symbol.toStringTag](): string {
    return 'Blob';
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    this.asked = true;
    const { buffer } = await this.bytes.passed;
    return buffer as ArrayBuffer;
  }

  slice(): unknown {
    return this;
  }
}

/** A web stream that tells when it is given up. */
function watchedStream(): { readonly items: ReadableStream<number>; readonly cancelled: Promise<void> } {
  const cancelled = new Gate();
  const items = new ReadableStream<number>({
    pull: (controller) => controller.enqueue(1),
    cancel: () => cancelled.open(),
  });
  return { items, cancelled: cancelled.passed };
}

describe('values with bytes and streams, through a transformer', () => {
  test('go there and back: what is superjson’s beside what is not', async () => {
    const { api } = await valueLine(dock);
    const file = new File(['xyz'], 'a.txt', { type: 'text/plain', lastModified: 7 });
    const got = (await api.echo.query({
      at: new Date(5),
      map: new Map([[1, new Set([2])]]),
      none: undefined,
      raw: new Uint8Array([1, 2, 3]),
      parts: [new ArrayBuffer(2), new Blob(['ab'], { type: 'a/b' }), file],
    })) as { raw: unknown; parts: [unknown, Blob, File] };
    expect(got).toMatchObject({
      at: new Date(5),
      map: new Map([[1, new Set([2])]]),
      raw: new Uint8Array([1, 2, 3]),
    });
    expect('none' in got).toBe(true);
    const [buffer, blob, back] = got.parts;
    expect(buffer).toEqual(new ArrayBuffer(2));
    expect([await blob.text(), blob.type]).toEqual(['ab', 'a/b']);
    expect([await back.text(), back.name, back.type, back.lastModified]).toEqual([
      'xyz',
      'a.txt',
      'text/plain',
      7,
    ]);
    expect(await api.echo.query(new Uint8Array([9]))).toEqual(new Uint8Array([9]));
  });

  test('may have streams, whose items are transformed too', async () => {
    const { api, over } = await valueLine(dock);
    const { since, kinds, rows } = await api.rows.query(3);
    expect([since, kinds]).toEqual([new Date(0), new Set(['a', 'b'])]);
    const got: unknown[] = [];
    for await (const row of rows) if (got.push(row) === 3) break;
    expect(got).toEqual([0, 1, 2].map((n) => ({ n, at: new Date(n) })));
    expect(await over).toBe('over');
  });

  test('may have streams in the input, with bytes and dates in their items', async () => {
    const { api } = await valueLine(dock);
    async function* parts() {
      for (let n = 0; n < 100; n++) yield { at: new Date(n), part: new Uint8Array(n) };
    }
    const { at, seen } = await api.join.mutate({ at: new Date(1), parts: parts() });
    expect(at).toEqual(new Date(1));
    expect(seen.map((it) => [it.at.getTime(), it.part.length])).toEqual(
      Array.from({ length: 100 }, (_, n) => [n, n]),
    );
  });

  test('reject the loop of a stream that fails as calls reject: with tRPC’s error', async () => {
    const { api } = await valueLine(dock);
    const error = await rejection(all(await api.broken.query()));
    expect(error.message).toBe('disk');
    expect(error.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', path: 'broken' });
  });

  test('reject the loop of a stream whose connection is closed', async () => {
    const { api, connection } = await valueLine(dock);
    const { rows } = await api.rows.query(3);
    const loop = faultOf(all(rows));
    await connection.close();
    expect(await loop).toMatchObject({ code: 'closed', outcome: 'unknown' });
  });

  test('cannot be read by a client without the transformer: that is told, and the streams are given up', async () => {
    const { connection, over } = await valueLine(dock);
    const failing = {
      input: superjson,
      output: {
        serialize: (value: unknown) => value,
        deserialize() {
          throw new Error('not mine');
        },
      },
    };
    const api = createClient<ValueRouter>(connection, { transformer: failing });
    expect(await faultOf(api.rows.query(3))).toMatchObject({ code: 'unreadable', outcome: 'unknown' });
    expect(await over).toBe('over');
  });
});

describe('an input with a Blob', () => {
  test('is read before the call is made, and calls after it are not held up', async () => {
    const { api } = await valueLine(dock);
    const blob = new SlowBlob();
    const call = api.echo.query({ blob, more: 1 });
    expect(await api.echo.query(2)).toBe(2);
    expect(blob.asked).toBe(true);
    blob.bytes.open(new Uint8Array([97, 98, 99]));
    const { blob: back, more } = (await call) as { blob: Blob; more: number };
    expect([await back.text(), back.type, more]).toEqual(['abc', 'text/plain', 1]);
  });

  test('that cannot be read rejects that call, as not run', async () => {
    const { api, asked } = await valueLine(dock);
    const unreadable = Object.assign(new SlowBlob(), {
      arrayBuffer: () => Promise.reject(new DOMException('The file is gone', 'NotReadableError')),
    });
    const fault = await faultOf(api.echo.query({ unreadable }));
    expect(fault).toMatchObject({ code: 'unserialisable', outcome: 'not-run' });
    expect(fault.cause).toMatchObject({ name: 'NotReadableError' });
    expect(asked).toEqual([]);
  });

  test('that is aborted while it is read is never made, and its streams are given up', async () => {
    const { api, asked } = await valueLine(dock);
    const { items, cancelled } = watchedStream();
    const blob = new SlowBlob();
    const abort = new AbortController();
    const call = faultOf(api.echo.query({ items, blob }, { signal: abort.signal }));
    abort.abort();
    expect(await call).toMatchObject({ code: 'aborted', outcome: 'not-run' });
    blob.bytes.open(new Uint8Array([1]));
    await cancelled;
    expect(asked).toEqual([]);
  });

  test('whose deadline passes while it is read is never made', async () => {
    const { api, asked } = await valueLine(dock);
    const call = faultOf(api.echo.query({ blob: new SlowBlob() }, { timeoutMs: 1 }));
    expect(await call).toMatchObject({ code: 'timeout', outcome: 'not-run' });
    expect(asked).toEqual([]);
  });

  test('that cannot be read gives up the streams beside it', async () => {
    const { api } = await valueLine(dock);
    const { items, cancelled } = watchedStream();
    const unreadable = Object.assign(new SlowBlob(), {
      arrayBuffer: () => Promise.reject(new Error('gone')),
    });
    const fault = await faultOf(api.echo.query({ unreadable, items }));
    expect(fault).toMatchObject({ code: 'unserialisable', outcome: 'not-run' });
    await cancelled;
  });

  test('of a connection that finishes its calls is still made', async () => {
    const { api, connection } = await valueLine(dock);
    const blob = new SlowBlob();
    const call = api.echo.query({ blob, more: 1 });
    const closed = connection.close({ finishMs: 60_000 });
    blob.bytes.open(new Uint8Array([97]));
    expect(await call).toMatchObject({ more: 1 });
    await closed;
  });

  test('of a subscription that is left while it is read is never made, and its streams are given up', async () => {
    const { api, asked } = await valueLine(dock);
    const { items, cancelled } = watchedStream();
    const blob = new SlowBlob();
    const subscription = api.watch.subscribe({ items, blob }, { onData: () => {} });
    subscription.unsubscribe();
    blob.bytes.open(new Uint8Array([1]));
    await cancelled;
    await api.echo.query(1);
    expect(asked).toEqual(['echo']);
  });

  test('of a connection that is closed meanwhile rejects as not run', async () => {
    const { api, connection } = await valueLine(dock);
    const blob = new SlowBlob();
    const call = faultOf(api.echo.query(blob));
    await connection.close();
    expect(await call).toMatchObject({ code: 'closed', outcome: 'not-run' });
    blob.bytes.open(new Uint8Array([1]));
  });
});

describe('an input that cannot be serialised', () => {
  test('gives up the streams beside it, at once', async () => {
    const { connection } = await valueLine(dock);
    const failing = {
      input: {
        serialize() {
          throw new Error('not mine');
        },
        deserialize: (value: unknown) => value,
      },
      output: superjson,
    };
    const api = createClient<ValueRouter>(connection, { transformer: failing });
    const { items, cancelled } = watchedStream();
    expect(await faultOf(api.echo.query({ items }))).toMatchObject({
      code: 'unserialisable',
      outcome: 'not-run',
    });
    await cancelled;
  });
});

describe('values over tRPC’s own client', () => {
  async function linked() {
    const line = await valueLine(dock);
    const link = hawserLink<ValueRouter>({ connection: line.connection, transformer: superjson });
    return { ...line, link, client: createTRPCClient<ValueRouter>({ links: [link] }) };
  }

  test('keep their streams: that the call is answered does not cut them', async () => {
    const { client } = await linked();
    const pages = await client.pages.query(200);
    const got = await all(pages as AsyncIterable<{ n: number; at: Date; part: Uint8Array }>);
    expect(got.map(({ n }) => n)).toEqual(Array.from({ length: 200 }, (_, n) => n));
    expect(got[65]).toEqual({ n: 65, at: new Date(65), part: new Uint8Array([65]) });
  });

  test('give their streams up when their reader leaves', async () => {
    const { client, over } = await linked();
    const { rows } = await client.rows.query(3);
    for await (const _ of rows as AsyncIterable<unknown>) break;
    expect(await over).toBe('over');
  });

  test('give their streams up when the call is aborted after its answer', async () => {
    const { client, over } = await linked();
    const abort = new AbortController();
    const { rows } = await client.rows.query(3, { signal: abort.signal });
    const loop = all(rows as AsyncIterable<unknown>).then(
      () => undefined,
      (error: unknown) => error,
    );
    abort.abort();
    const error = await loop;
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(hawserErrorOf(error)).toMatchObject({ code: 'aborted', outcome: 'unknown' });
    expect(await over).toBe('over');
  });

  test('that somebody unsubscribes from while their Blob is read are never sent, and their streams given up', async () => {
    const { link, api, asked } = await linked();
    const { items, cancelled } = watchedStream();
    const blob = new SlowBlob();
    const signal = new AbortController().signal;
    const op = { id: 1, type: 'query', path: 'echo', input: { items, blob }, context: {}, signal } as const;
    const told: unknown[] = [];
    const observer = { next: (it: unknown) => told.push(it), error: (it: unknown) => told.push(it) };
    link({})({ op, next: () => observable(() => {}) })
      .subscribe(observer)
      .unsubscribe();
    blob.bytes.open(new Uint8Array([1]));
    await cancelled;
    expect(await api.echo.query(1)).toBe(1);
    expect([asked, told]).toEqual([['echo'], []]);
  });

  test('may have bytes and streams in the input', async () => {
    const { client } = await linked();
    async function* parts() {
      yield { at: new Date(1), part: new Uint8Array([1]) };
    }
    const joined = await client.join.mutate({ at: new Date(0), parts: parts() });
    expect(joined).toEqual({ at: new Date(0), seen: [{ at: new Date(1), part: new Uint8Array([1]) }] });
  });
});

describe('a Blob in a value over a connection that was never open', () => {
  test('rejects with what became of the connection', async () => {
    const connection = connect({ url: 'ws://127.0.0.1:9', lazy: true, onError: () => {} });
    const api = createClient<ValueRouter>(connection, { transformer: superjson });
    const call = faultOf(api.echo.query(new Blob(['x'])));
    await connection.close();
    expect(await call).toMatchObject({ code: 'closed', outcome: 'not-run' });
    await eventually(() => expect(connection.state).toBe('closed'));
  });
});
