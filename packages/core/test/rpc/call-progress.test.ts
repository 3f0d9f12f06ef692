import { describe, expect, it } from 'vitest';
import { socketBufferBytes } from '../../src/session/ports.ts';
import { bytes, inParts } from '../harness/binary-frames.ts';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { upTo } from '../harness/counted-stream.ts';
import type { ValueCallOptions } from '../harness/value-call.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';

/** No pings: silence of the line is not what is looked at here. */
const patient = { limits: { heartbeat: 100_000_000 } };

async function sent(bench: ClientBench, input: unknown, options: ValueCallOptions = {}): Promise<ValueCall> {
  const call = new ValueCall(bench.connection, 'up', input, options);
  await bench.settle();
  return call;
}

const source = (): WatchedSource =>
  new WatchedSource(
    upTo(1000, (n) => String(n % 10)),
    'waits',
  );

/** What an item of `source` is on the wire. */
const itemLength = '[7,-1,"0"]'.length;

describe('progress', () => {
  it(
    'is what the other end has taken of all streams of the input together',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const seen: unknown[] = [];
      await sent(bench, [source(), source()], { progress: (it) => seen.push(it) });
      await bench.says([[10, -1, 32]]);
      await bench.says([[10, -2, 10]]);
      await bench.says([[10, -1, 64]]);
      expect(seen).toEqual([
        { items: 32, bytes: 32 * itemLength },
        { items: 42, bytes: 42 * itemLength },
        { items: 74, bytes: 74 * itemLength },
      ]);
    }),
  );

  it(
    'counts of items that hold bytes those alone',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const seen: unknown[] = [];
      const items = new WatchedSource([bytes(1000), { name: 'long', part: bytes(70_000) }, 'x'], 'waits');
      await sent(bench, items, { progress: (it) => seen.push(it) });
      await bench.says([[10, -1, 2]]);
      await bench.says([[10, -1, 3]]);
      expect(seen).toEqual([
        { items: 2, bytes: 71_000 },
        { items: 3, bytes: 71_000 + itemLength },
      ]);
    }),
  );

  it(
    'is not told again by a credit that only changes the window, nor once the call is over',
    withClient({}, async (bench) => {
      await bench.welcomes();
      let seen = 0;
      const input = [source(), source()];
      const abort = new AbortController();
      const call = await sent(bench, input, { progress: () => seen++, signal: abort.signal });
      await bench.says([[10, -1, 32]]);
      await bench.says([[10, -1, 32, 100]], [[10, -1, 10]]);
      expect(seen).toBe(1);
      abort.abort();
      bench.socket.says([[10, -1, 40]]);
      await bench.settle();
      expect([seen, call.told]).toEqual([1, ['aborted unknown']]);
    }),
  );

  it(
    'whose callback throws rejects that call, and harms nobody else: not even what came in the same frame',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const input = source();
      const failing = await sent(bench, input, {
        progress: () => {
          throw new Error('mistake');
        },
      });
      const neighbour = await sent(bench, source());
      const plain = bench.query('plain');
      await bench.settle();
      await bench.says([
        [10, -1, 32],
        [4, 3, 'x'],
        [10, -2, 32],
        [4, 2, 'y'],
      ]);
      expect(failing.told).toEqual(['callback unknown']);
      expect([plain.told, neighbour.value]).toEqual([[['result', 'x']], 'y']);
      expect([input.returns, input.endings]).toEqual([1, 1]);
      const about = bench.messages().filter(([kind, id]) => kind !== 7 && (id === 1 || id === -1));
      expect(about.map(([kind, id]) => [kind, id])).toEqual([
        [1, 1],
        [9, 1],
        [5, -1],
      ]);
      await bench.says([[8, 1]]);
      expect([bench.connection.state, bench.errors]).toEqual(['open', []]);
    }),
  );
});

/** The socket takes one more frame. */
async function drains(bench: ClientBench): Promise<void> {
  bench.socket.buffered = 0;
  bench.socket.events?.drained();
  await bench.settle();
}

function takesOneByOne({ socket }: ClientBench): void {
  socket.onSend = () => {
    socket.buffered = socketBufferBytes;
  };
}

describe('the silence after which a call times out', () => {
  it(
    'is broken by what the other end takes of the input, and begins again after it',
    withClient({}, async (bench) => {
      await bench.welcomes(patient);
      // All of its items have left.
      const call = await sent(bench, new WatchedSource(upTo(5), 'waits'));
      for (let taken = 1; taken <= 5; taken++) {
        await bench.advance(20_000);
        await bench.says([[10, -1, taken]]);
      }
      expect(call.told).toEqual([]);
      await bench.advance(32_000);
      expect(call.told).toEqual(['timeout unknown']);
    }),
  );

  it(
    'is broken by items of the input that leave, though the other end has taken none of them yet',
    withClient({}, async (bench) => {
      await bench.welcomes(patient);
      let give = (_: IteratorResult<unknown>): void => {};
      const slow: AsyncIterableIterator<unknown> = {
        [Symbol.asyncIterator]: () => slow,
        next: () =>
          new Promise((resolve) => {
            give = resolve;
          }),
      };
      const call = await sent(bench, slow);
      for (let n = 0; n < 5; n++) {
        await bench.advance(20_000);
        give({ done: false, value: n });
        await bench.settle();
      }
      expect(call.told).toEqual([]);
      await bench.advance(32_000);
      expect(call.told).toEqual(['timeout unknown']);
      give({ done: true, value: undefined });
    }),
  );

  it(
    'is broken by parts of the call that leave, and not by those of another call',
    withClient({}, async (bench) => {
      await bench.welcomes(patient);
      const stuck = bench.query('stuck');
      takesOneByOne(bench);
      const call = await sent(bench, bytes(600_000));
      for (let i = 0; i < 8; i++) {
        await bench.advance(10_000);
        await drains(bench);
      }
      expect(call.told).toEqual([]);
      expect(stuck.told).toEqual([['fault', 'timeout', 'unknown', undefined, undefined]]);
      await bench.advance(32_000);
      expect(call.told).toEqual(['timeout not-run']);
    }),
  );

  for (const unit of ['x', 'é', '語', '😀']) {
    it(
      `is broken by parts of the answer that come, also where the first cuts a character (${unit})`,
      withClient({}, async (bench) => {
        await bench.welcomes(patient);
        const call = await sent(bench, undefined);
        const other = await sent(bench, undefined);
        const text = `a${unit.repeat(60)}`;
        // After 32 bytes each of these characters that has several bytes is cut.
        const parts = inParts(1, [4, 1, text], 32);
        for (const part of parts.slice(0, -1)) {
          await bench.advance(20_000);
          bench.socket.saysRaw(part);
          await bench.settle();
        }
        await bench.advance(20_000);
        expect(call.told).toEqual([]);
        expect(other.told).toEqual(parts.length > 2 ? ['timeout unknown'] : []);
        bench.socket.saysRaw(parts.at(-1) as Uint8Array);
        await bench.settle();
        expect(call.value).toBe(text);
      }),
    );
  }

  it(
    'begins again when parts of the answer stop coming',
    withClient({}, async (bench) => {
      await bench.welcomes(patient);
      const call = await sent(bench, undefined);
      const parts = inParts(1, [4, 1, 'x'.repeat(1000)], 100);
      for (const part of parts.slice(0, 4)) {
        bench.socket.saysRaw(part);
        await bench.advance(20_000);
      }
      expect(call.told).toEqual([]);
      await bench.advance(12_000);
      expect(call.told).toEqual(['timeout unknown']);
    }),
  );

  it(
    'does not hold for the streams of a result: they may be silent as long as they like',
    withClient({}, async (bench) => {
      await bench.welcomes(patient);
      const call = await sent(bench, undefined);
      await bench.says([[4, 1, null, { streams: [[[], -1]] }]]);
      await bench.advance(3_600_000);
      await bench.says([
        [7, -1, 'late'],
        [8, -1],
      ]);
      expect(await call.stream.next()).toEqual({ done: false, value: 'late' });
      expect(await call.stream.next()).toEqual({ done: true, value: undefined });
      expect(call.told).toEqual(['answered']);
    }),
  );
});
