import { describe, expect, it } from 'vitest';
import type { Feed } from '../../src/rpc/dispatch.ts';
import { StreamPump } from '../../src/rpc/stream-pump.ts';
import { StreamTurns } from '../../src/rpc/stream-turns.ts';
import { turnMs } from '../../src/session/turn-budget.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';
import type { ServerBench } from '../harness/server-bench.ts';
import { withServer } from '../harness/server-bench.ts';
import { SessionBench } from '../harness/session-bench.ts';

/** The socket's buffer drains once, and fills up again with what comes next. */
async function drains(bench: ServerBench, socket: ScriptedSocket): Promise<void> {
  socket.buffered = 0;
  socket.events?.drained();
  await bench.settle();
}

const slow = (socket: ScriptedSocket): void => {
  socket.onSend = (text) => {
    socket.buffered += text.length;
  };
};

describe('streams that share a slow socket', () => {
  it('take turns: none is ahead of another by more than a few items', () => {
    const streams = Array.from(
      { length: 20 },
      () => new CountedStream(upTo(100_000, () => 'x'.repeat(4000))),
    );
    return withServer({ handlers: { s: ({ input }) => streams[Number(input)] } }, async (bench) => {
      const socket = await bench.enter('a');
      slow(socket);
      await bench.says(
        socket,
        streams.map((_, i) => [3, i + 1, 's', i] as const),
      );
      for (let i = 0; i < 12; i++) await drains(bench, socket);
      const pulled = streams.map((it) => it.pulled);
      expect(Math.min(...pulled)).toBeGreaterThan(3);
      expect(Math.max(...pulled) - Math.min(...pulled)).toBeLessThanOrEqual(5);
    })();
  });

  it('are resumed a few at a time: about as many items are pulled as the socket takes, however many wait', () => {
    const streams = Array.from({ length: 1000 }, () => new CountedStream(upTo(1000, () => 'x'.repeat(4000))));
    const pulled = (): number => streams.reduce((sum, it) => sum + it.pulled, 0);
    return withServer({ handlers: { s: ({ input }) => streams[Number(input)] } }, async (bench) => {
      const socket = await bench.enter('a');
      slow(socket);
      await bench.says(
        socket,
        streams.map((_, i) => [3, i + 1, 's', i] as const),
      );
      const steps: number[] = [];
      for (let i = 0; i < 40; i++) {
        const before = pulled();
        await drains(bench, socket);
        steps.push((pulled() - before) * 4000);
      }
      expect(steps.at(-1)).toBeGreaterThan(0);
      expect(Math.max(...steps)).toBeLessThan(8 * 65_536);
    })();
  });

  it('all come to their end, small and large ones, whoever waited first', () => {
    const lengths = Array.from({ length: 40 }, (_, i) => [10, 3000, 20_000][i % 3] ?? 10);
    const streams = lengths.map((length) => new CountedStream(upTo(12, () => 'x'.repeat(length))));
    return withServer({ handlers: { s: ({ input }) => streams[Number(input)] } }, async (bench) => {
      const socket = await bench.enter('a');
      slow(socket);
      await bench.says(
        socket,
        streams.map((_, i) => [3, i + 1, 's', i] as const),
      );
      for (let i = 0; i < 400; i++) await drains(bench, socket);
      const ends = bench.messages(socket).filter(([kind]) => kind === 8);
      expect(new Set(ends.map(([, id]) => id)).size).toBe(40);
    })();
  });

  it('that are cancelled while they wait for room leave their turn to others', () => {
    const streams = Array.from({ length: 10 }, () => new CountedStream(upTo(50, () => 'x'.repeat(20_000))));
    return withServer({ handlers: { s: ({ input }) => streams[Number(input)] } }, async (bench) => {
      const socket = await bench.enter('a');
      slow(socket);
      await bench.says(
        socket,
        streams.map((_, i) => [3, i + 1, 's', i] as const),
      );
      await bench.says(
        socket,
        Array.from({ length: 9 }, (_, i) => [9, i + 1] as const),
      );
      for (let i = 0; i < 10; i++) {
        await drains(bench, socket);
        const { length } = bench.messages(socket).filter(([kind, id]) => kind === 7 && id === 10);
        await bench.says(socket, [[10, 10, length]]);
      }
      expect(streams[9]?.pulled).toBe(50);
      expect(streams.slice(0, 9).every((it) => it.returned)).toBe(true);
    })();
  });
});

describe('a feed whose events take their time to be written', () => {
  it('gives the turn back every few milliseconds', () => {
    const bench = SessionBench.open();
    const turns = new StreamTurns();
    bench.giveRoom = () => turns.give(bench.session.room);
    let taken = 0;
    const feed: Feed = {
      wake() {},
      take() {
        bench.clock.sleep(0.05);
        return { id: 'e', tail: `${taken++},"e"]` };
      },
      stop() {},
    };
    const { session } = bench;
    const pump = new StreamPump({ id: 1, stream: feed, session, turns, done: () => {} });
    let longest = 0;
    let began = bench.clock.now();
    pump.credit([10, 1, 0, 4096, 1_000_000]);
    do {
      longest = Math.max(longest, bench.clock.now() - began);
      began = bench.clock.now();
    } while (bench.turn.run());
    expect(taken).toBe(4096);
    expect(longest).toBeLessThan(2 * turnMs + 2);
  });
});

describe('streams that are stopped while they wait', () => {
  it('are let go of', () => {
    const turns = new StreamTurns();
    let asked = 0;
    const pumps = Array.from({ length: 10_000 }, () => ({
      length: 0,
      stopped: false,
      get waits() {
        asked++;
        return !this.stopped;
      },
      resume() {},
    }));
    for (const pump of pumps) {
      turns.push(pump);
      pump.stopped = true;
      turns.drop();
    }
    asked = 0;
    const bench = SessionBench.open();
    turns.give(bench.session.room);
    expect(asked).toBeLessThan(2048);
  });
});
