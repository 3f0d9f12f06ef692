import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import { withClient } from '../harness/client-bench.ts';
import type { Frame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { inWorld } from '../harness/world.ts';

const tracked = (event: string): Frame => [7, 1, event, event];

describe('a tracked subscription whose session is lost', () => {
  it(
    'continues after the last event that arrived, also if it was not consumed yet',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', { from: 1 }, { eager: false });
      await bench.settle();
      await bench.says([[6, 1], tracked('a'), tracked('b')]);
      await bench.loses();
      expect(bench.messages()[0]).toEqual([3, 1, 's', { from: 1 }, { after: 'b' }]);
      await bench.says([[6, 1], tracked('c')]);
      sub.take();
      expect(sub.story).toEqual(['started', '"a"@a', '"b"@b', 'started', '"c"@c']);
      sub.subscription.leave();
    }),
  );

  it(
    'keeps its place over untracked events: they neither move nor clear it',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([[6, 1], tracked('5'), [7, 1, 'untracked']]);
      await bench.loses();
      expect(bench.messages()).toEqual([[3, 1, 's', null, { after: '5', void: 1 }]]);
      sub.subscription.leave();
    }),
  );

  it(
    'continues from a position that was set without an event',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([
        [6, 1],
        [11, 1, 'p'],
      ]);
      await bench.loses();
      expect(bench.messages()[0]?.[4]).toMatchObject({ after: 'p' });
      await bench.says([[6, 1], tracked('q')]);
      expect(sub.story).toEqual(['started', 'started', '"q"@q']);
      sub.subscription.leave();
    }),
  );

  it(
    'keeps its place over several lost sessions, also one in which it was not started',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([[6, 1], tracked('5')]);
      await bench.loses();
      await bench.loses();
      await bench.dropsAndRedials();
      await bench.loses();
      expect(bench.messages()[0]?.[4]).toMatchObject({ after: '5' });
      expect(sub.story).toEqual(['started', '"5"@5']);
      sub.subscription.leave();
    }),
  );

  it(
    'has an event whose id is empty as a place, too',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([[6, 1], tracked('')]);
      await bench.loses();
      expect(bench.messages()[0]?.[4]).toMatchObject({ after: '' });
      sub.subscription.leave();
    }),
  );

  it(
    'whose input has a cursor of its own restarts without a gap before the first event',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', { lastEventId: '3' }, { startsAtCursor: true });
      await bench.settle();
      await bench.says([[6, 1]]);
      await bench.loses();
      expect(bench.messages()).toEqual([[3, 1, 's', { lastEventId: '3' }]]);
      expect(sub.story).toEqual(['started']);
      sub.subscription.leave();
    }),
  );
});

describe('a subscription whose input has a cursor, and whose events are not tracked', () => {
  it(
    'has a gap once one of them was delivered: the cursor of the input is not its place any more',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', { lastEventId: '3' }, { startsAtCursor: true });
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'untracked'],
      ]);
      bench.socket.drops();
      expect(sub.story).toEqual(['started', '"untracked"', 'fault gap unknown']);
    }),
  );
});

describe('an untracked subscription whose session is lost', () => {
  it(
    'restarts where the consumer goes on, with the gap before the next item',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', 1, { survivesGaps: true });
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'a'],
      ]);
      await bench.loses();
      expect(bench.messages()).toEqual([[3, 1, 's', 1]]);
      await bench.says([
        [6, 1],
        [7, 1, 'b'],
      ]);
      expect(sub.story).toEqual(['started', '"a"', 'gap dropped', 'started', '"b"']);
      sub.subscription.leave();
    }),
  );

  it(
    'ends with the gap where the consumer does not',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'a'],
      ]);
      await bench.loses();
      expect(bench.messages()).toEqual([]);
      expect(sub.story).toEqual(['started', '"a"', 'fault gap unknown']);
    }),
  );

  it(
    'that was started is interrupted even if no item had come: those after the start may be missing',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([[6, 1]]);
      bench.socket.drops();
      expect(sub.story).toEqual(['started', 'fault gap unknown']);
    }),
  );

  it(
    'that was not started restarts without a word: nothing was missed',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.loses();
      expect(bench.messages()).toEqual([[3, 1, 's']]);
      await bench.says([
        [6, 1],
        [7, 1, 'a'],
      ]);
      expect(sub.story).toEqual(['started', '"a"']);
      sub.subscription.leave();
    }),
  );

  it(
    'delivers what had arrived on the old session before the gap',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { survivesGaps: true, eager: false });
      await bench.settle();
      await bench.says([[6, 1], ...[1, 2, 3].map((n) => [7, 1, n] as const)]);
      sub.take(2);
      await bench.loses();
      await bench.says([
        [6, 1],
        [7, 1, 4],
      ]);
      sub.take();
      expect(sub.story).toEqual(['started', '1', '2', '3', 'gap dropped', 'started', '4']);
      sub.subscription.leave();
    }),
  );
});

describe('between a real client and a real server', () => {
  it('a tracked stream neither skips nor repeats, over drops at any moment', () => {
    const gates = new Map<number, Gate>();
    const gate = (n: number): Gate => {
      const known = gates.get(n) ?? new Gate();
      gates.set(n, known);
      return known;
    };
    const handlers = {
      s: async function* ({ after, signal }: IncomingCall) {
        for (let n = after === undefined ? 0 : Number(after) + 1; n < 30 && !signal.aborted; n++) {
          await gate(n).promise;
          yield { tracked: String(n), data: n };
        }
      },
    };
    return inWorld({ handlers }, async (world) => {
      const sub = world.subscribe('s');
      await world.settle();
      for (let n = 0; n < 30; n++) {
        if (n % 7 === 3) world.network.wire.cut();
        gate(n).open();
        if (n % 5 === 4) await world.advance(20_000);
        else await world.settle();
        if (n % 11 === 10) world.restart();
      }
      await world.advance(60_000);
      expect(sub.items).toEqual(Array.from({ length: 30 }, (_, n) => n));
      expect(sub.story.at(-1)).toBe('ended');
    })();
  });

  it('an untracked stream that goes on says each gap, and its first generator is returned', () => {
    let made = 0;
    let returned = 0;
    const handlers = {
      s: async function* ({ signal }: IncomingCall) {
        const number = made++;
        try {
          yield `${number}`;
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        } finally {
          returned++;
        }
      },
    };
    return inWorld({ handlers }, async (world) => {
      const sub = world.subscribe('s', undefined, { survivesGaps: true });
      await world.settle();
      world.network.wire.cut();
      await world.advance(1000);
      expect(sub.story).toEqual(['started', '"0"', 'gap dropped', 'started', '"1"']);
      expect(returned).toBe(1);
      sub.subscription.leave();
      await world.settle();
      expect(returned).toBe(2);
    })();
  });
});
