import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { servedWorld } from '../harness/served-world.ts';
import { drops, openChannels, window } from './channel-world.ts';

describe('a subscriber whose line drops', () => {
  it('goes on with the next event, with nothing missed and nothing twice', () => {
    const { state, procedures, publish } = openChannels();
    return servedWorld(procedures, window, async (world) => {
      const sub = world.subscribe('numbers');
      await world.settle();
      await publish(1);
      await drops(world, () => publish(2, 3));
      await publish(4);
      await world.settle();
      expect(sub.items).toEqual([1, 2, 3, 4]);
      expect(sub.story.filter((word) => word === 'started')).toHaveLength(1);
      expect(state.numbers.subscribers).toBe(1);
      sub.subscription.leave();
    })();
  });

  it('is told what it missed when more was published than is kept, session or not', () => {
    const { procedures, publish } = openChannels({ events: 10 });
    return servedWorld(procedures, window, async (world) => {
      const sub = world.subscribe('numbers', undefined, { survivesGaps: true });
      await world.settle();
      await drops(world, () => publish(...Array.from({ length: 500 }, (_, i) => i)));
      const gap = sub.entries.findIndex((entry) => entry.kind === 'gap');
      const before = sub.items.slice(0, gap - 1);
      expect(before).toEqual(before.map((_, i) => i));
      expect(sub.entries[gap]).toMatchObject({ reason: 'dropped', count: 490 - before.length });
      expect(sub.items.slice(before.length)).toEqual(Array.from({ length: 10 }, (_, i) => 490 + i));
      sub.subscription.leave();
    })();
  });
});

describe('a subscriber whose session is lost', () => {
  it('continues with its own cursor on the next, also before the first event', () => {
    const { state, procedures, publish } = openChannels();
    return servedWorld(procedures, {}, async (world) => {
      const sub = world.subscribe('numbers');
      await world.settle();
      for (const next of [1, 3]) {
        await drops(world, () => publish(next));
        await publish(next + 1);
        await world.settle();
      }
      expect(sub.items).toEqual([1, 2, 3, 4]);
      expect(sub.story.filter((word) => /^(gap|fault)/.test(word))).toEqual([]);
      expect(state.numbers.subscribers).toBe(1);
      sub.subscription.leave();
    })();
  });

  it('is told a gap when its cursor is too old, and ends without anybody to tell', () => {
    const { state, procedures, publish } = openChannels({ events: 3 });
    return servedWorld(procedures, {}, async (world) => {
      const hears = world.subscribe('numbers', undefined, { survivesGaps: true });
      const deaf = world.subscribe('numbers');
      await world.settle();
      await publish(1);
      await world.settle();
      await drops(world, () => publish(2, 3, 4, 5, 6));
      expect(hears.story.map((word) => word.replace(/@.*/, ''))).toEqual([
        ...['started', '1', 'started', 'gap expired', '4', '5', '6'],
      ]);
      expect(hears.entries.find(({ kind }) => kind === 'gap')).toMatchObject({ count: 2 });
      expect(deaf.story.at(-1)).toBe('fault gap unknown');
      expect(deaf.items).toEqual([1]);
      expect(state.numbers.subscribers).toBe(1);
      hears.subscription.leave();
    })();
  });

  it('has its snapshot in place of the gap', () => {
    const { procedures, publish } = openChannels({ events: 3 });
    return servedWorld(procedures, {}, async (world) => {
      const sub = world.subscribe('numbers', { snapshot: '-1' });
      await world.settle();
      await publish(1);
      await world.settle();
      await drops(world, () => publish(2, 3));
      await drops(world, () => publish(4, 5, 6, 7));
      expect(sub.items).toEqual([-1, 1, 2, 3, -1]);
      sub.subscription.leave();
    })();
  });
});

describe('a subscriber whose server was started anew', () => {
  it('is told so: what was published is gone, and what is there comes first', () => {
    const { state, restart, procedures, publish } = openChannels();
    return servedWorld(procedures, window, async (world) => {
      const hears = world.subscribe('numbers', undefined, { survivesGaps: true });
      const deaf = world.subscribe('numbers');
      const made = world.subscribe('numbers', { snapshot: '-1' });
      await world.settle();
      await publish(1);
      await world.settle();
      restart(world);
      await publish(10);
      await world.advance(10_000);
      await publish(11);
      await world.settle();
      expect(hears.story.map((word) => word.replace(/@.*/, ''))).toEqual([
        ...['started', '1', 'started', 'gap restarted', '10', '11'],
      ]);
      expect(deaf.story.at(-1)).toBe('fault gap unknown');
      expect(made.items).toEqual([-1, 1, -1, 11]);
      expect(state.numbers.subscribers).toBe(2);
      hears.subscription.leave();
      made.subscription.leave();
    })();
  });
});

describe('whatever happens to lines, sessions and servers', () => {
  it('a subscriber gets each event once, in order, or is told a gap', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ publish: fc.integer({ min: 1, max: 8 }) }) },
      { weight: 2, arbitrary: fc.constantFrom('drop', 'end', 'cut', 'lag', 'settle') },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20 }), async (steps) => {
        const { state, procedures, publish } = openChannels({ events: 16 });
        await servedWorld(procedures, window, async (world) => {
          const sub = world.subscribe('numbers', undefined, { survivesGaps: true });
          await world.settle();
          let last = 0;
          const more = async (count: number): Promise<void> => {
            for (let i = 0; i < count; i++) await publish(++last);
          };
          for (const step of steps) {
            if (typeof step === 'object') await more(step.publish);
            else if (step === 'drop') await drops(world, () => more(3));
            else if (step === 'end') world.sessions.at(-1)?.close();
            else if (step === 'cut') world.network.wire.cut();
            else if (step === 'lag') sub.eager = !sub.eager;
            else await world.settle();
          }
          sub.eager = true;
          await world.advance(30_000);
          for (let moved = 1; moved > 0; await world.settle()) moved = sub.take();
          await more(1);
          await world.settle();
          let next = 1;
          for (const entry of sub.entries) {
            if (entry.kind === 'gap') next += entry.count ?? Number.NaN;
            if (entry.kind === 'item') expect(entry.data).toBe(next++);
          }
          expect(next).toBe(last + 1);
          expect(state.numbers.subscribers).toBe(1);
          sub.subscription.leave();
        })();
        expect(state.numbers.subscribers).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
