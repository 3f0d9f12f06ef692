import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { controlsOf, dataOf, messagesOf } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';
import { withServer } from '../harness/server-bench.ts';
import { SessionBench } from '../harness/session-bench.ts';

const window = 60_000;
const windowBytes = 1000;

/** A message of so many characters. */
const message = (id: number, length: number): string =>
  JSON.stringify([4, id, 'x'.repeat(Math.max(0, length - `[4,${id},""]`.length))]);

const ids = (frames: readonly Frame[]): unknown[] => messagesOf(frames).map(([, id]) => id);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Characters that are in no frame yet. */
const waiting = ({ session }: SessionBench): number =>
  session.waiting('reply') + session.waiting('call') + session.waiting('stream');

/** Sends messages in a frame each. */
function sendOneByOne(bench: SessionBench, from: number, to: number, length: number): void {
  for (let id = from; id <= to; id++) {
    bench.session.send(message(id, length), 'reply');
    bench.flush();
  }
}

describe('an end that keeps as much as it may', () => {
  it('builds no more frames, asks once what was received, and goes on with the answer', () => {
    const bench = SessionBench.open({ window, windowBytes });
    sendOneByOne(bench, 1, 20, 98);
    expect(ids(bench.socket.frames)).toEqual(range(1, 10));
    expect(controlsOf(bench.socket.frames, 'ping')).toEqual([['ping', 10, 0]]);
    bench.hears(['pong', 0, 3]);
    bench.flush();
    expect(ids(bench.socket.frames).slice(0, 13)).toEqual(range(1, 13));
    bench.hears(['pong', 0, bench.session.counts.sent]);
    bench.flush();
    bench.hears(['ack', 0, bench.session.counts.sent]);
    bench.flush();
    expect(ids(bench.socket.frames)).toEqual(range(1, 20));
  });

  it('asks no second time before it is answered, and does not ask when nothing waits', () => {
    const bench = SessionBench.open({ window, windowBytes });
    sendOneByOne(bench, 1, 10, 98);
    expect(controlsOf(bench.socket.frames, 'ping')).toEqual([]);
    sendOneByOne(bench, 11, 15, 98);
    expect(controlsOf(bench.socket.frames, 'ping')).toHaveLength(1);
    bench.hears(['pong', 0, 10]);
    bench.flush();
    expect(ids(bench.socket.frames)).toEqual(range(1, 15));
    expect(controlsOf(bench.socket.frames, 'ping')).toHaveLength(1);
  });

  it('lets one message pass its bound, and one that is larger than all of it', () => {
    const bench = SessionBench.open({ window, windowBytes });
    sendOneByOne(bench, 1, 1, 900);
    sendOneByOne(bench, 2, 2, 50_000);
    sendOneByOne(bench, 3, 3, 10);
    expect(ids(bench.socket.frames)).toEqual([1, 2]);
    bench.hears(['ack', 0, 2]);
    expect(ids(bench.flush())).toEqual([3]);
  });

  it('lets no more than one pass it, though a frame could hold more', () => {
    const bench = SessionBench.open({ window, windowBytes });
    for (let id = 1; id <= 100; id++) bench.session.send(message(id, 30), 'reply');
    bench.flush();
    const kept = bench.session.held - waiting(bench);
    expect(kept).toBeGreaterThanOrEqual(windowBytes - 32);
    expect(kept).toBeLessThan(windowBytes + 32);
  });

  it('says control frames all the same', () => {
    const bench = SessionBench.open({ window, windowBytes });
    sendOneByOne(bench, 1, 20, 98);
    bench.hears(['ping', 0, 0]);
    expect(bench.socket.frames.at(-1)).toEqual(['pong', 10, 0]);
    for (let id = 1; id <= 128; id++) bench.hears([[4, id]]);
    expect(bench.flush()).toEqual([['ack', 10, 128]]);
  });

  it('ignores an acknowledgement that is lower than one before', () => {
    const bench = SessionBench.open({ window, windowBytes });
    sendOneByOne(bench, 1, 3, 98);
    bench.hears(['ack', 0, 3]);
    expect(bench.session.held).toBe(0);
    bench.hears(['ack', 0, 1]);
    bench.hears([2, [4, 1]]);
    expect(bench.session.ended).toBe(false);
    expect(bench.session.counts.acknowledged).toBe(3);
  });
});

describe('stream items', () => {
  it('fill half of it at most, and leave the rest to answers and calls', () => {
    const bench = SessionBench.open({ window, windowBytes });
    for (let id = 1; id <= 20; id++) {
      bench.session.send(message(id, 98), 'stream');
      bench.flush();
    }
    expect(ids(bench.socket.frames)).toEqual(range(1, 5));
    bench.session.send(message(101, 98), 'reply');
    bench.session.send('[1,102,"a"]', 'call');
    expect(ids(bench.flush())).toEqual([101, 102]);
    bench.hears(['ack', 0, bench.session.counts.sent]);
    bench.flush();
    expect(ids(bench.socket.frames).filter((id) => Number(id) < 100)).toEqual(range(1, 11));
  });

  it('go with the answers of a frame only up to that half', () => {
    const bench = SessionBench.open({ window, windowBytes });
    for (let id = 1; id <= 4; id++) bench.session.send(message(id, 98), 'reply');
    for (let id = 11; id <= 20; id++) bench.session.send(message(id, 98), 'stream');
    bench.flush();
    expect(ids(bench.socket.frames)).toEqual([1, 2, 3, 4, 11, 12]);
  });

  it('that are larger than that pass one at a time', () => {
    const bench = SessionBench.open({ window, windowBytes });
    for (let id = 1; id <= 3; id++) bench.session.send(message(id, 5000), 'stream');
    expect(ids(bench.flush())).toEqual([1]);
    bench.hears(['ack', 0, 1]);
    expect(ids(bench.flush())).toEqual([2]);
    bench.hears(['ack', 0, 2]);
    expect(ids(bench.flush())).toEqual([3]);
  });
});

describe('whatever is sent and acknowledged, and when', () => {
  const lane = fc.constantFrom('reply' as const, 'call' as const, 'stream' as const);
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        lane,
        length: fc.integer({ min: 12, max: 700 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('ack' as const),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
  );

  it('no more is kept than the bound and one message, of items than half of it and one', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const bench = SessionBench.open({ window, windowBytes });
        let next = 0;
        let largest = 0;
        const sent: Record<'reply' | 'call' | 'stream', number[]> = { reply: [], call: [], stream: [] };
        const acknowledges = (received: number): void => bench.hears(['ack', 0, received]);
        for (const it of steps) {
          if (it.kind === 'send') {
            const id = ++next;
            sent[it.lane].push(id);
            largest = Math.max(largest, it.length);
            bench.session.send(message(id, it.length), it.lane);
          } else if (it.kind === 'flush') bench.flush();
          else acknowledges(Math.floor(bench.session.counts.sent * it.part));
          const kept = bench.session.held - waiting(bench);
          expect(kept).toBeLessThanOrEqual(windowBytes + largest + 4);
        }
        bench.flush();
        for (let i = 0; waiting(bench) > 0; i++) {
          expect(i).toBeLessThan(200);
          acknowledges(bench.session.counts.sent);
          bench.flush();
        }
        acknowledges(bench.session.counts.sent);
        expect(bench.session.held).toBe(0);
        const arrived = ids(bench.socket.frames).map(Number);
        for (const its of Object.values(sent)) expect(arrived.filter((id) => its.includes(id))).toEqual(its);
        expect(arrived).toHaveLength(next);
      }),
    );
  });
});

describe('what waits for the window waits at its source', () => {
  it('a generator is not pulled further, and goes on after the acknowledgement', async () => {
    const stream = new CountedStream(upTo(500, (n) => String(n).padEnd(1000, 'x')));
    const limits = { window, windowBytes: 8000, streamBytes: 10_000_000 };
    await withServer({ limits, handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', [
        [3, 1, 's'],
        [10, 1, 0, 4096, 10_000_000],
      ]);
      const { pulled } = stream;
      const arrived = messagesOf(socket.frames).filter(([kind]) => kind === 7).length;
      expect(arrived).toBeLessThanOrEqual(5);
      expect(pulled).toBeLessThanOrEqual(10);
      expect(controlsOf(socket.frames, 'ping')).toHaveLength(1);
      await bench.says(socket, ['ping', 1, 0]);
      expect(stream.pulled).toBe(pulled);
      for (let i = 0; i < 500 && !stream.returned; i++) {
        const frames = dataOf(socket.frames).length;
        await bench.says(socket, ['ack', 1, frames]);
        if (messagesOf(socket.frames).at(-1)?.[0] === 8) break;
      }
      const items = messagesOf(socket.frames).filter(([kind]) => kind === 7);
      expect(items).toHaveLength(500);
      expect(items.map((it) => Number.parseInt(String(it[2]), 10))).toEqual(range(0, 499));
      expect(messagesOf(socket.frames).at(-1)).toEqual([8, 1]);
    })();
  });

  it('a generator is not pulled further while its session has no socket', async () => {
    const stream = new CountedStream(upTo(500, (n) => String(n).padEnd(1000, 'x')));
    await withServer(
      { limits: { window, streamBytes: 10_000_000 }, handlers: { s: () => stream } },
      async (bench) => {
        const socket = await bench.enter('a', [[3, 1, 's']]);
        await bench.says(socket, ['ack', 1, dataOf(socket.frames).length]);
        const before = stream.pulled;
        socket.drops();
        await bench.advance(1000);
        expect(stream.pulled).toBe(before);
        const again = await bench.resume('a', { sent: 1, received: dataOf(socket.frames).length });
        await bench.says(again, [[10, 1, before, 4096, 10_000_000]]);
        expect(stream.pulled).toBeGreaterThan(before);
      },
    )();
  });

  it(
    'a call stays with its caller: until it leaves it can be withdrawn, and has not run',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { window, windowBytes: 2000 } });
      const aborts = Array.from({ length: 10 }, () => new AbortController());
      const calls = aborts.map(({ signal }) => bench.mutation('a', 'x'.repeat(900), { signal }));
      await bench.settle();
      const left = bench.messages().length;
      expect(left).toBeGreaterThan(1);
      expect(left).toBeLessThan(5);
      aborts[9]?.abort();
      aborts[0]?.abort();
      expect(calls[9]?.told).toEqual([fault('aborted', 'not-run')]);
      expect(calls[0]?.told).toEqual([fault('aborted', 'unknown')]);
      for (let i = 0; i < 10; i++) {
        const frames = dataOf(bench.socket.frames).length;
        await bench.says(['ack', 0, frames]);
      }
      expect(bench.messages().filter(([kind]) => kind === 2)).toHaveLength(9);
      expect(bench.messages().filter(([kind]) => kind === 9)).toEqual([[9, 1]]);
    }),
  );
});
