import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import { Outgoing } from '../../src/session/outgoing.ts';
import { socketBufferBytes } from '../../src/session/ports.ts';
import type { Limits } from '../../src/wire/limits.ts';
import { bytes } from '../harness/binary-frames.ts';
import { withClient } from '../harness/client-bench.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { withServer } from '../harness/server-bench.ts';
import { SessionBench } from '../harness/session-bench.ts';
import { SlowReader } from '../harness/slow-reader.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';
import { Witness } from '../harness/witness.ts';

const windows: readonly Partial<Limits>[] = [{ window: 0 }, { window: 60_000 }];
const forever = Number.MAX_SAFE_INTEGER;

/** Values and items that travel in parts. */
const largeText = 'x'.repeat(300_000);
const ticks = (): Iterable<unknown> => upTo(forever);

for (const limits of windows) {
  describe(`a stream of small items, in a session whose window is ${limits.window} ms`, () => {
    it('is pulled and sent beside large results, however many follow each other', () => {
      const handlers = { tick: () => new CountedStream(ticks()), large: () => largeText };
      return withServer({ limits, handlers }, async (bench) => {
        const socket = await bench.enterInformed('a');
        let lastId = 6;
        const again = ([kind]: Frame): Frame[] => (kind === 4 ? [[1, ++lastId, 'large']] : []);
        const reader = new SlowReader({ socket, settle: () => bench.settle(), reply: again });
        await reader.says(...[2, 3, 4, 5, 6].map((id) => [1, id, 'large'] as const));
        await reader.takes(20);
        await reader.says([3, ++lastId, 'tick']);
        const tick = lastId;
        await reader.takes(100);
        expect(reader.longestGap(7, tick)).toBeLessThanOrEqual(6);
        expect(reader.count(7, tick)).toBeGreaterThan(500);
        // They are not starved either: five parts make one of them.
        expect(reader.frames.flat().filter((it) => it.startsWith('4 ')).length).toBeGreaterThan(4);
      })();
    });

    it('is pulled and sent beside sixteen streams of large items', () => {
      const sources = Array.from({ length: 16 }, () => new CountedStream(upTo(forever, () => largeText)));
      const handlers = {
        tick: () => new CountedStream(ticks()),
        large: ({ input }: IncomingCall) => sources[Number(input) - 1],
      };
      return withServer({ limits, handlers }, async (bench) => {
        const socket = await bench.enterInformed('a');
        const reader = new SlowReader({ socket, settle: () => bench.settle() });
        const ids = Array.from({ length: 16 }, (_, i) => i + 1);
        await reader.says(...ids.map((id) => [3, id, 'large', id] as const));
        await reader.takes(20);
        await reader.says([3, 17, 'tick']);
        await reader.takes(300);
        expect(reader.longestGap(7, 17)).toBeLessThanOrEqual(6);
        const counts = ids.map((id) => reader.count(7, id));
        expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThan(30);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
        // No more of them are made than travel at a time.
        const ahead = sources.map(({ pulled }, i) => pulled - (counts[i] ?? 0));
        expect(ahead.reduce((sum, count) => sum + count)).toBeLessThanOrEqual(4);
      })();
    });

    it(
      'goes up beside large inputs, and beside streams of large items',
      withClient({ timeoutMs: Number.POSITIVE_INFINITY }, async (bench) => {
        await bench.welcomes({ limits });
        const call = (input: unknown): void => {
          bench.calls.push(new ValueCall(bench.connection, 'up', input));
        };
        const reply = ([kind, id]: Frame): Frame[] =>
          kind === 1 && Number(id) > 8 ? [[4, Number(id), 'x']] : [];
        const { socket } = bench;
        const reader = new SlowReader({ socket, settle: () => bench.settle(), reply });
        for (let i = 0; i < 7; i++) call(new WatchedSource(upTo(forever, () => new Uint8Array(100_000))));
        call(new WatchedSource(ticks()));
        await reader.takes(10);
        for (let i = 0; i < 30; i++) call(new Uint8Array(300_000));
        await reader.takes(400);
        expect(reader.longestGap(7, -8)).toBeLessThanOrEqual(6);
        const items = [1, 2, 3, 4, 5, 6, 7].map((id) => reader.count(7, -id));
        expect(Math.min(...items)).toBeGreaterThan(1);
        expect(Math.max(...items) - Math.min(...items)).toBeLessThanOrEqual(2);
        expect(reader.frames.flat().filter((it) => it.startsWith('1 ')).length).toBeGreaterThan(4);
      }),
    );
  });
}

describe('a stream of small items, beside large results that fill the window each time it opens', () => {
  it('is asked for items nevertheless', () => {
    const handlers = { tick: () => new CountedStream(ticks()), large: () => largeText };
    return withServer({ limits: { window: 60_000 }, handlers }, async (bench) => {
      const socket = await bench.enterInformed('a');
      let lastId = 6;
      const again = ([kind]: Frame): Frame[] => (kind === 4 ? [[1, ++lastId, 'large']] : []);
      const settle = (): Promise<void> => bench.settle();
      const reader = new SlowReader({ socket, settle, reply: again, fastLine: true });
      await reader.says(...[1, 2, 3, 4, 5, 6].map((id) => [1, id, 'large'] as const));
      await reader.takes(20);
      await reader.says([3, ++lastId, 'tick']);
      const tick = lastId;
      await reader.takes(20);
      expect(reader.longestGap(7, tick)).toBeLessThanOrEqual(16);
      expect(reader.frames.flat().filter((it) => it.startsWith('4 ')).length).toBeGreaterThan(4);
    })();
  });
});

describe('a large value', () => {
  /** What began to leave, and what left, by id, as the socket takes one frame at a time. */
  function order(bench: SessionBench, frames: number): number[] {
    const witness = new Witness();
    const whole: number[] = [];
    bench.socket.onSend = (data) => {
      bench.socket.buffered = socketBufferBytes;
      for (const message of witness.hear(data).frame)
        if (Array.isArray(message)) whole.push(Number(message[1]));
    };
    for (let i = 0; i < frames; i++) {
      bench.socket.buffered = 0;
      bench.session.drained();
      while (bench.turn.run());
    }
    return whole;
  }

  const value = (id: number, length: number): Outgoing =>
    new Outgoing(JSON.stringify([4, id, null, { bytes: [[[], 'u8', length]] }]), [bytes(length)]);

  it('that has no room beside another is passed by smaller ones that have, and not for ever', () => {
    const bench = SessionBench.open({ valueBytes: 1_000_000 });
    bench.session.send(value(1, 900_000), 'reply');
    bench.session.send(value(2, 950_000), 'reply');
    for (let id = 3; id <= 120; id++) bench.session.send(value(id, 70_000), 'reply');
    const left = order(bench, 2000);
    expect(left).toHaveLength(120);
    const [first, second] = [left.indexOf(1), left.indexOf(2)];
    // Smaller ones do not wait until the first is through.
    expect(left.indexOf(3)).toBeLessThan(first);
    // Only so many go before the second; and those that are under way when it is its turn.
    expect(second).toBeLessThan(40);
  });
});

describe('a cancelled answer in parts', () => {
  const handlers = { large: () => 'x'.repeat(1_000_000), a: () => 'a' };

  it('is taken back: an empty last part, then the end of the call, whose place is free', () =>
    withServer({ limits: { calls: 1 }, handlers }, async (bench) => {
      const socket = await bench.enterInformed('a');
      socket.onSend = () => {
        socket.buffered = socketBufferBytes;
      };
      await bench.says(socket, [[1, 1, 'large']]);
      expect(socket.sent.at(-1)).toBeInstanceOf(Uint8Array);
      await bench.says(socket, [[9, 1]], [[1, 2, 'a']]);
      socket.onSend = undefined;
      socket.buffered = 0;
      socket.events?.drained();
      await bench.settle();
      const parts = socket.sent.filter((data) => typeof data !== 'string');
      expect(parts.map((part) => [part[1], part.length > 6])).toEqual([
        [1, true],
        [2, false],
      ]);
      expect(bench.messages(socket)).toEqual([
        [8, 1],
        [4, 2, 'a'],
      ]);
    })());

  it('of which nothing has left is in no frame at all', () =>
    withServer({ handlers }, async (bench) => {
      const socket = await bench.enterInformed('a');
      socket.buffered = socketBufferBytes;
      await bench.says(socket, [[1, 1, 'large']], [[9, 1]]);
      socket.buffered = 0;
      socket.events?.drained();
      await bench.settle();
      expect(socket.sent.filter((data) => typeof data !== 'string')).toEqual([]);
      expect(bench.messages(socket)).toEqual([[8, 1]]);
    })());

  it('with streams in it gives those up unread', () => {
    const stream = new WatchedSource([1], 'waits');
    const iterator = stream as AsyncIterator<unknown, unknown, undefined>;
    const dispatch = {
      run: async () => ({
        kind: 'result' as const,
        data: [null, 'x'.repeat(1_000_000)],
        streams: [
          { path: [0], iterator, toItem: (data: unknown) => ({ data, event: undefined }), fail: () => '{}' },
        ],
      }),
      fail: () => '{}',
    };
    return withServer({ dispatch }, async (bench) => {
      const socket = await bench.enterInformed('a');
      socket.onSend = () => {
        socket.buffered = socketBufferBytes;
      };
      await bench.says(socket, [[1, 1, 'large']]);
      await bench.says(socket, [[9, 1]]);
      socket.onSend = undefined;
      socket.buffered = 0;
      socket.events?.drained();
      await bench.settle();
      expect(bench.messages(socket)).toEqual([[8, 1]]);
      expect([stream.pulled, stream.endings]).toEqual([0, 1]);
    })();
  });
});
