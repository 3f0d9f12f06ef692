import { createHash } from 'node:crypto';
import type { ServerSession } from '@hawser/adapter-node';
import { serve, stream } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { here, openDock, reaches } from './dock.ts';
import { fired, Gate } from './gate.ts';
import { faultOf } from './rejection.ts';
import { TcpProxy } from './tcp-proxy.ts';

const dock = openDock();

const t = initTRPC.context<{ readonly session: ServerSession }>().create();
const local = initTRPC.create();

/** What a client serves to its server. */
const clientRouter = local.router({
  name: local.procedure.query(() => 'client'),
  double: local.procedure.input(stream(z.number())).query(async function* ({ input }) {
    for await (const n of input) yield n * 2;
  }),
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A part of a file: no two are the same. */
const partOf = (n: number): Uint8Array<ArrayBuffer> => new Uint8Array(100_000).fill(n % 251, n);

async function* parts(count: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let n = 0; n < count; n++) {
    yield partOf(n);
    await turn();
  }
}

function hashOf(pieces: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** A router that tells how far an upload has come, and whose streams tell that they were given up. */
function watched() {
  const left = new Gate<boolean | undefined>();
  const progress = { parts: 0, passed: () => {} };
  const router = t.router({
    upload: t.procedure.input(stream(z.instanceof(Uint8Array))).mutation(async ({ input }) => {
      const hash = createHash('sha256');
      for await (const part of input) {
        hash.update(part);
        progress.parts++;
        progress.passed();
      }
      return hash.digest('hex');
    }),
    download: t.procedure
      .input(z.number())
      .query(({ input }) => ({ size: input * 100_000, file: parts(input) })),
    endless: t.procedure.query(async function* ({ signal }) {
      try {
        for (let n = 0; ; n++) {
          yield n;
          if (n === 100) await fired(signal);
        }
      } finally {
        left.open(signal?.aborted);
      }
    }),
    bytes: t.procedure.input(z.instanceof(Uint8Array)).query(({ input }) => input),
    askClient: t.procedure.query(async ({ ctx }) => {
      const client = createClient<typeof clientRouter>(ctx.session);
      async function* numbers() {
        for (let n = 0; n < 200; n++) yield n;
      }
      let sum = 0;
      for await (const n of await client.double.query(numbers())) sum += n;
      return { name: await client.name.query(), sum };
    }),
  });
  return { router, left: left.passed, progress };
}

async function open(windowMs: number) {
  const { router, ...watch } = watched();
  const sessions: ServerSession[] = [];
  const server = dock.keep(
    await serve({
      router,
      ...here,
      windowMs,
      onError: () => {},
      createContext: ({ session }) => {
        sessions.push(session);
        return { session };
      },
    }),
  );
  const proxy = dock.keep(await TcpProxy.to(server.port));
  const connection = dock.keep(connect({ url: proxy.url, router: clientRouter, onError: () => {} }));
  await reaches(connection, 'open');
  return { ...watch, proxy, sessions, connection, api: createClient<typeof router>(connection) };
}

describe('values over sockets', () => {
  test('of megabytes go there and back in parts, while small calls pass', async () => {
    const { api } = await open(60_000);
    const bytes = new Uint8Array(5_000_000).map((_, i) => i % 251);
    const order: string[] = [];
    const large = api.bytes.query(bytes).then((it) => {
      order.push('large');
      return it;
    });
    await turn();
    await api.bytes.query(new Uint8Array(1));
    order.push('small');
    expect(hashOf([await large])).toBe(hashOf([bytes]));
    expect(order).toEqual(['small', 'large']);
  });

  test('an upload goes on where its line was cut: every byte arrives, once', async () => {
    const { api, proxy, progress, sessions } = await open(60_000);
    progress.passed = () => {
      if (progress.parts === 20 || progress.parts === 50) proxy.cut();
    };
    const told: number[] = [];
    const hash = await api.upload.mutate(parts(80), { onProgress: ({ bytes }) => told.push(bytes) });
    expect(hash).toBe(hashOf(Array.from({ length: 80 }, (_, n) => partOf(n))));
    expect(progress.parts).toBe(80);
    expect(new Set(sessions).size).toBe(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeGreaterThan(4_000_000);
  });

  test('a download goes on where its line was cut', async () => {
    const { api, proxy } = await open(60_000);
    const { size, file } = await api.download.query(60);
    const pieces: Uint8Array[] = [];
    for await (const piece of file) if (pieces.push(piece) % 20 === 0) proxy.cut();
    expect(pieces.reduce((sum, { length }) => sum + length, 0)).toBe(size);
    expect(hashOf(pieces)).toBe(hashOf(Array.from({ length: 60 }, (_, n) => partOf(n))));
  });

  test('a download whose session is lost rejects its loop, and an upload its call', async () => {
    const { api, sessions, progress } = await open(60_000);
    const { file } = await api.download.query(1000);
    progress.passed = () => {
      if (progress.parts === 5) sessions[0]?.close();
    };
    const upload = faultOf(api.upload.mutate(parts(1000), { idempotent: true }));
    const loop = faultOf(
      (async () => {
        for await (const _ of file);
      })(),
    );
    expect(await upload).toMatchObject({ code: 'session-lost', outcome: 'unknown', reason: 'ended' });
    expect(await loop).toMatchObject({ code: 'session-lost', outcome: 'unknown', reason: 'ended' });
  });

  test('a stream that its reader leaves stops at the server, wherever its handler waits', async () => {
    const { api, left } = await open(0);
    for await (const n of await api.endless.query()) if (n === 100) break;
    expect(await left).toBe(true);
  });

  test('a client is called by its server, with streams both ways', async () => {
    const { api } = await open(0);
    expect(await api.askClient.query()).toEqual({ name: 'client', sum: 39_800 });
  });
});
