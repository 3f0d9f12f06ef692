import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { withServer } from '../harness/server-bench.ts';
import { microtasks } from '../harness/settling.ts';

const items = (messages: readonly Frame[]): readonly Frame[] => messages.filter(([kind]) => kind === 7);
const subscribe: Frame = [[3, 1, 's']];

describe('a sender without credit', () => {
  it('sends 64 items, started before the first, and pulls no more', () => {
    const stream = new CountedStream(upTo(1000));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      const messages = bench.messages(socket);
      expect(messages[0]).toEqual([6, 1]);
      expect(messages.slice(1)).toEqual(Array.from({ length: 64 }, (_, n) => [7, 1, n]));
      expect(stream.pulled).toBe(64);
    })();
  });

  it('sends 256 KiB and the item that passes them, and pulls no more', () => {
    const stream = new CountedStream(upTo(1000, () => 'x'.repeat(10_240)));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      const lengths = items(bench.messages(socket)).map((it) => JSON.stringify(it).length);
      const sum = lengths.reduce((a, b) => a + b, 0);
      expect(sum - (lengths.at(-1) ?? 0)).toBeLessThan(262_144);
      expect(sum).toBeGreaterThanOrEqual(262_144);
      expect(stream.pulled).toBe(lengths.length);
    })();
  });

  it('sends one item that is larger than its window, alone', () => {
    const stream = new CountedStream(upTo(1000, () => 'x'.repeat(300_000)));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      expect(items(bench.messages(socket))).toHaveLength(1);
      await bench.says(socket, [[10, 1, 1]]);
      expect(items(bench.messages(socket))).toHaveLength(2);
    })();
  });
});

describe('a sender with credit', () => {
  it('keeps to the window that was given last, item for item, whatever the grants', () => {
    const grant = fc.record({
      taken: fc.nat({ max: 100 }),
      items: fc.option(fc.nat({ max: 300 }), { nil: undefined }),
      bytes: fc.option(fc.nat({ max: 3000 }), { nil: undefined }),
    });
    return fc.assert(
      fc.asyncProperty(fc.array(grant, { maxLength: 15 }), async (grants) => {
        const stream = new CountedStream(upTo(5000, (n) => 'x'.repeat(n % 50)));
        await withServer({ handlers: { s: () => stream } }, async (bench) => {
          const socket = await bench.enter('a', subscribe);
          const lengths = (): number[] =>
            items(bench.messages(socket)).map((it) => JSON.stringify(it).length);
          const window = { items: 64, bytes: 262_144, consumed: 0 };
          for (const it of grants) {
            const before = lengths();
            window.consumed = Math.min(before.length, window.consumed + it.taken);
            window.items = it.items ?? window.items;
            window.bytes = it.bytes ?? window.bytes;
            const credit = [10, 1, window.consumed, window.items, window.bytes] as const;
            await bench.says(socket, [credit]);
            let waiting = before.slice(window.consumed);
            let expected = before.length;
            const all = lengths();
            const room = (): boolean =>
              waiting.length < window.items && waiting.reduce((a, b) => a + b, 0) < window.bytes;
            while (room()) waiting = [...waiting, all[expected++] ?? 0];
            expect(all).toHaveLength(expected);
          }
        })();
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the window when a credit names none, and ignores one that says less than the last', () => {
    const stream = new CountedStream(upTo(1000));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 10]]);
      expect(stream.pulled).toBe(74);
      await bench.says(socket, [[10, 1, 5]]);
      expect(stream.pulled).toBe(74);
      await bench.says(socket, [[10, 1, 11]]);
      expect(stream.pulled).toBe(75);
    })();
  });

  it('ignores all of a credit that says less than the last, its window too', () => {
    const stream = new CountedStream(upTo(1000));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 10]]);
      await bench.says(socket, [[10, 1, 5, 500]]);
      expect(stream.pulled).toBe(74);
      await bench.says(socket, [[10, 1, 10, 100]]);
      expect(stream.pulled).toBe(110);
    })();
  });

  it('is not led beyond the largest window that the server announced', () => {
    const stream = new CountedStream(upTo(1000));
    return withServer({ limits: { streamItems: 100 }, handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 64, 1_000_000, 1_000_000_000]]);
      expect(stream.pulled).toBe(164);
    })();
  });

  it('does not take back what is on its way when the window shrinks', () => {
    const stream = new CountedStream(upTo(1000));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 20, 8, 1000]]);
      expect(stream.pulled).toBe(64);
      await bench.says(socket, [[10, 1, 60, 8, 1000]]);
      expect(stream.pulled).toBe(68);
      expect(socket.live).toBe(true);
    })();
  });

  it('has the window that was given before it was started', () => {
    const gate = new Gate();
    const stream = new CountedStream(upTo(1000));
    return withServer({ handlers: { s: () => gate.promise.then(() => stream) } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 0, 200]]);
      gate.open();
      await bench.settle();
      expect(stream.pulled).toBe(200);
    })();
  });

  it('closes a session that was credited items before the stream was started', () => {
    const gate = new Gate();
    const stream = new CountedStream(upTo(1000));
    return withServer({ handlers: { s: () => gate.promise.then(() => stream) } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 1]]);
      gate.open();
      await bench.settle();
      expect(socket.closed).toEqual({ code: 4422, reason: 'miscount' });
    })();
  });

  it('stops at a window of no items, until there is another', () => {
    const stream = new CountedStream(upTo(1000));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 64, 0]]);
      expect(stream.pulled).toBe(64);
      await bench.says(socket, [[10, 1, 64, 5]]);
      expect(stream.pulled).toBe(69);
    })();
  });

  it('closes a session that was credited items which were never sent', () => {
    const stream = new CountedStream(upTo(1000));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      await bench.says(socket, [[10, 1, 65]]);
      expect(socket.closed).toEqual({ code: 4422, reason: 'miscount' });
      expect(stream.returned).toBe(true);
    })();
  });

  it(
    'ignores credit for a call that is over, or never was',
    withServer({ handlers: { a: () => 1 } }, async (bench) => {
      const socket = await bench.enter('a', [[1, 1, 'a']]);
      await bench.says(socket, [[10, 1, 5]], [[10, 99, 5]]);
      expect(socket.live).toBe(true);
    }),
  );
});

describe('a sender whose socket is full', () => {
  it('pulls no more than about a frame ahead, and goes on when it drains', () => {
    const stream = new CountedStream(upTo(60, () => 'x'.repeat(4000)));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a');
      socket.buffered = 300_000;
      await bench.says(socket, subscribe);
      expect(stream.pulled).toBeGreaterThan(0);
      expect(stream.pulled).toBeLessThanOrEqual(17);
      expect(items(bench.messages(socket))).toEqual([]);
      socket.buffered = 0;
      socket.events?.drained();
      await bench.settle();
      expect(stream.pulled).toBe(60);
      expect(items(bench.messages(socket))).toHaveLength(60);
    })();
  });

  it('stops a generator that never waits at about a frame for each turn, so that others have theirs', () => {
    const stream = new CountedStream(upTo(100_000, () => 'x'.repeat(100)));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      const before = stream.pulled;
      socket.says([[10, 1, 64, 1_000_000, 1_000_000_000]]);
      await microtasks();
      expect(stream.pulled - before).toBeGreaterThan(100);
      expect((stream.pulled - before) * 100).toBeLessThan(80_000);
      socket.drops();
    })();
  });

  it('does not starve the other streams of its socket', () => {
    const big = new CountedStream(upTo(1000, () => 'x'.repeat(60_000)));
    const small = new CountedStream(upTo(10));
    return withServer({ handlers: { big: () => big, small: () => small } }, async (bench) => {
      const socket = await bench.enter('a');
      socket.onSend = (text) => {
        socket.buffered += text.length;
      };
      await bench.says(socket, [
        [3, 1, 'big'],
        [3, 2, 'small'],
      ]);
      for (let i = 0; i < 5; i++) {
        socket.buffered = 0;
        socket.events?.drained();
        await bench.settle();
      }
      expect(small.pulled).toBe(10);
    })();
  });
});
