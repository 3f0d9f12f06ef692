import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bytes, inParts, partFrame, utf8 } from '../harness/binary-frames.ts';
import { withClient } from '../harness/client-bench.ts';
import { expectClosed } from '../harness/expect-closed.ts';
import type { Frame } from '../harness/frames.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';
import { procedure, serving } from '../harness/served-world.ts';
import { ServerBench, withServer } from '../harness/server-bench.ts';
import { ValueCall } from '../harness/value-call.ts';

/** The window that every stream has at first. */
const firstBytes = 262_144;

/** A handler that takes so many items of its input, and then waits. */
const park = procedure.input(z.any()).mutation(async ({ input, signal }) => {
  const { take, items } = input as { take: number; items: AsyncIterableIterator<unknown> };
  for (let i = 0; i < take; i++) await items.next();
  await new Promise((resolve) => signal?.addEventListener('abort', resolve));
});

const upload = (take: number): Frame => [2, 1, 'park', { take, items: null }, { streams: [[['items'], -1]] }];

/** An item with that many bytes, as parts of one transfer. */
function item(transfer: number, length: number): readonly Uint8Array[] {
  return inParts(transfer, [7, -1, null, null, { bytes: [[[], 'u8', length]] }], 65_000, bytes(length));
}

async function uploading(bench: ServerBench, take: number): Promise<ScriptedSocket> {
  const socket = await bench.enterInformed('a');
  await bench.says(socket, [upload(take)]);
  return socket;
}

async function sends(
  bench: ServerBench,
  socket: ScriptedSocket,
  parts: readonly Uint8Array[],
): Promise<void> {
  for (const part of parts) socket.saysRaw(part);
  await bench.settle();
}

const parked = { dispatch: serving({ park }) };

describe('a sender that passes the byte window of a stream', () => {
  it(
    'with items in parts is closed: one may pass it, the next may not come',
    withServer(parked, async (bench) => {
      const socket = await uploading(bench, 0);
      await sends(bench, socket, item(1, firstBytes + 100_000));
      expect(socket.live).toBe(true);
      await sends(bench, socket, item(2, 70_000));
      expectClosed(socket, 'too-many');
    }),
  );

  it(
    'with items in whole frames of their own is closed, too',
    withServer(parked, async (bench) => {
      const socket = await uploading(bench, 0);
      const text = (length: number): Frame => [[7, -1, 'x'.repeat(length)]];
      await bench.says(socket, text(3 * firstBytes + 1000));
      expect(socket.live).toBe(true);
      await bench.says(socket, text(200_000));
      expectClosed(socket, 'too-many');
    }),
  );

  it(
    'with what the handler has taken is not: that is room again',
    withServer(parked, async (bench) => {
      const socket = await uploading(bench, 3);
      // The credit for the first three widened the window to 1 MiB, which the next three pass.
      for (let transfer = 1; transfer <= 6; transfer++) {
        await sends(bench, socket, item(transfer, firstBytes + 100_000));
        expect(socket.live).toBe(true);
      }
      await sends(bench, socket, item(7, 70_000));
      expectClosed(socket, 'too-many');
    }),
  );

  it('is never one that keeps to it, by the most that it can have been told of', () => {
    const sizes = fc.array(fc.integer({ min: 66_000, max: 150_000 }), { minLength: 1, maxLength: 8 });
    return fc.assert(
      fc.asyncProperty(sizes, async (lengths) => {
        const bench = new ServerBench(parked);
        const socket = await uploading(bench, 0);
        let sent = 0;
        for (const [index, length] of lengths.entries()) {
          // Its length is that of its JSON and its bytes, and the window is open as long as it is not used up.
          if (sent >= firstBytes) break;
          const parts = item(index + 1, length);
          sent += parts.reduce((sum, part) => sum + part.length - 6, -8);
          await sends(bench, socket, parts);
        }
        expect(socket.live).toBe(true);
        await bench.finish();
      }),
      { numRuns: 20 },
    );
  });

  it(
    'of a result, or with a subscription, is closed by its client',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = new ValueCall(bench.connection, 'a');
      bench.calls.push(call);
      await bench.settle();
      await bench.says([[4, 1, null, { streams: [[[], -1]] }]]);
      for (const part of item(1, firstBytes + 100_000)) bench.socket.saysRaw(part);
      await bench.settle();
      expect(bench.socket.live).toBe(true);
      for (const part of item(2, 70_000)) bench.socket.saysRaw(part);
      await bench.settle();
      expectClosed(bench.socket, 'too-many');
      await expect(call.stream.next()).rejects.toMatchObject({ code: 'session-lost', outcome: 'unknown' });
    }),
  );
});

describe('what has come of messages that are not whole', () => {
  const limits = { window: 60_000 };
  const head = utf8('[1,1,"a","');
  const announced = [1_000_000, 0] as const;

  /** A client that begins a message, of which it sends so many bytes. */
  async function begins(bench: ServerBench, name: string, length: number): Promise<ScriptedSocket> {
    const socket = await bench.enterInformed(name);
    socket.saysRaw(partFrame({ transfer: 1, announced }, head));
    await sends(bench, socket, [partFrame({ transfer: 1 }, bytes(length))]);
    return socket;
  }

  it(
    'counts among what sessions hold: whoever holds most has to go, though it has a socket',
    withServer({ limits, keptBytes: 500_000 }, async (bench) => {
      const small = await begins(bench, 'small', 100_000);
      const large = await begins(bench, 'large', 300_000);
      expect([small.live, large.live]).toEqual([true, true]);
      const hog = await begins(bench, 'hog', 350_000);
      expectClosed(hog, 'overflow');
      expect([small.live, large.live]).toEqual([true, true]);
    }),
  );

  it(
    'counts no more when it is whole, given up, or lost with its session',
    withServer({ limits, keptBytes: 500_000, handlers: { a: () => 1 } }, async (bench) => {
      const whole = await bench.enterInformed('whole');
      await sends(bench, whole, inParts(1, [1, 1, 'a', 'x'.repeat(400_000)], 60_000));
      const givenUp = await begins(bench, 'given-up', 400_000);
      await sends(bench, givenUp, [partFrame({ transfer: 1, last: true }, bytes(0))]);
      const lost = await begins(bench, 'lost', 400_000);
      await bench.says(lost, ['bye', 'closed']);
      const last = await begins(bench, 'last', 400_000);
      expect([whole.live, givenUp.live, last.live]).toEqual([true, true, true]);
      const beyond = await begins(bench, 'beyond', 450_000);
      expectClosed(beyond, 'overflow');
    }),
  );
});
