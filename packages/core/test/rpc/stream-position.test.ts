import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { withServer } from '../harness/server-bench.ts';
import { inWorld } from '../harness/world.ts';

const subscribe: Frame = [[3, 1, 's']];

describe('a position that a stream yields', () => {
  it('is a message of its own in its place, and no item', () => {
    const handlers = { s: () => new CountedStream(['a', { position: '7' }, { tracked: '8', data: 'b' }]) };
    return withServer({ handlers }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      expect(bench.messages(socket)).toEqual([
        [6, 1],
        [7, 1, 'a'],
        [11, 1, '7'],
        [7, 1, 'b', '8'],
        [8, 1],
      ]);
    })();
  });

  it('takes nothing of the receiver’s window: nobody gives credit for it', () => {
    const stream = new CountedStream(upTo(1000, (n) => (n % 2 ? n : { position: `${n}` })));
    return withServer({ handlers: { s: () => stream } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      const kinds = bench.messages(socket).map(([kind]) => kind);
      expect(kinds.filter((kind) => kind === 7)).toHaveLength(64);
      expect(kinds.filter((kind) => kind === 11).length).toBeGreaterThanOrEqual(64);
      await bench.says(socket, [[10, 1, 64]]);
      expect(socket.live).toBe(true);
      expect(bench.messages(socket).filter(([kind]) => kind === 7)).toHaveLength(128);
      await bench.says(socket, [[10, 1, 129]]);
      expect(socket.closed?.reason).toBe('miscount');
    })();
  });

  it('that is larger than the other end takes ends the stream', () => {
    const handlers = { s: () => new CountedStream([{ position: 'x'.repeat(2000) }, 'a']) };
    return withServer({ limits: { messageBytes: 1000 }, handlers }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      expect(bench.messages(socket)).toEqual([
        [6, 1],
        [5, 1, expect.objectContaining({ data: { code: 'PAYLOAD_TOO_LARGE' } })],
      ]);
    })();
  });

  it('is where the stream continues when its session is lost before the next event', () => {
    const after: (string | undefined)[] = [];
    const gate = new Gate();
    const handlers = {
      s: async function* (it: IncomingCall) {
        after.push(it.after);
        yield { position: `${after.length}0` };
        await gate.promise;
        yield 'late';
      },
    };
    return inWorld({ handlers }, async (world) => {
      const sub = world.subscribe('s');
      for (const dials of [1, 2]) {
        await world.advance(10_000);
        expect(after).toHaveLength(dials);
        world.network.wire.cut();
      }
      await world.advance(10_000);
      expect(after).toEqual([undefined, '10', '20']);
      gate.open();
      await world.settle();
      expect(sub.items).toEqual(['late']);
      expect(sub.story.filter((it) => it.startsWith('gap'))).toEqual([]);
    })();
  });
});

describe('a stream that begins with a gap', () => {
  const gapped = (): CountedStream => Object.assign(new CountedStream(['a']), { gap: 'no-cursor' });

  it('says so after it has started, before its first item', () =>
    withServer({ handlers: { s: gapped } }, async (bench) => {
      const socket = await bench.enter('a', subscribe);
      expect(bench.messages(socket)).toEqual([
        [6, 1],
        [12, 1, 'no-cursor'],
        [7, 1, 'a'],
        [8, 1],
      ]);
    })());

  it('goes on for a consumer that survives gaps, and ends with the gap for one that does not', () =>
    inWorld({ handlers: { s: gapped } }, async (world) => {
      const survives = world.subscribe('s', undefined, { survivesGaps: true });
      const ends = world.subscribe('s');
      await world.settle();
      expect(survives.story).toEqual(['started', 'gap no-cursor', '"a"', 'ended']);
      expect(ends.story).toEqual(['started', 'fault gap unknown']);
    })());
});
