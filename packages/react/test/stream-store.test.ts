import type { Gap } from '@hawser/client';
import { describe, expect, test } from 'vitest';
import type { StreamProcedure } from '../src/index.js';
import { skipToken } from '../src/index.js';
import type { StreamPlan } from '../src/stream-plan.js';
import { StreamStore } from '../src/stream-store.js';
import { FakeLine } from './fake-line.ts';
import { FakePage, settled } from './fake-page.ts';
import { scripted } from './scripted-procedure.ts';

const gap: Gap = { reason: 'restarted', count: undefined };

const list: StreamPlan<number, readonly number[]> = {
  initial: () => [],
  fold: { kind: 'each', reduce: (state, item) => [...state, item] },
  mend: undefined,
  hidden: 'keep',
  connection: undefined,
};

/** A store with one listener, subscribed; what it published; `leave` ends it. */
async function open(plan: Partial<StreamPlan<number, readonly number[]>> = {}, started = true) {
  const page = new FakePage();
  const source = scripted();
  const { procedure } = source;
  const store = new StreamStore({ procedure, input: 'ACME', plan: { ...list, ...plan }, page });
  const published: unknown[] = [];
  const leave = store.subscribe(() => published.push(store.snapshot().state));
  await settled();
  const script = source.last;
  if (started) {
    script.start();
    await page.frame();
    published.length = 0;
  }
  return {
    page,
    source,
    script,
    store,
    published,
    async leave() {
      leave();
      await settled();
      expect(source.scripts.every(({ ended }) => ended)).toBe(true);
      expect(page.open).toBe(0);
    },
  };
}

describe('subscribing', () => {
  test('listeners that come and go in one turn, as in StrictMode, make one subscription', async () => {
    const { procedure, scripts } = scripted();
    const store = new StreamStore({ procedure, input: 'ACME', plan: list, page: new FakePage() });
    store.subscribe(() => {})();
    const leave = store.subscribe(() => {});
    await settled();
    expect(scripts.map(({ input, ended }) => ({ input, ended }))).toEqual([{ input: 'ACME', ended: false }]);
    leave();
    await settled();
    expect(scripts.map(({ ended }) => ended)).toEqual([true]);
  });

  test('a listener that goes in the turn in which it came makes none', async () => {
    const { procedure, scripts } = scripted();
    const store = new StreamStore({ procedure, input: 'ACME', plan: list, page: new FakePage() });
    store.subscribe(() => {})();
    await settled();
    expect(scripts).toEqual([]);
  });

  test('a skipped one is idle and subscribes to nothing, also at restart', async () => {
    const { procedure, scripts } = scripted();
    const store = new StreamStore({ procedure, input: skipToken, plan: list, page: new FakePage() });
    const leave = store.subscribe(() => {});
    await settled();
    store.restart();
    expect(store.snapshot()).toMatchObject({ state: [], standing: { status: 'idle' } });
    leave();
    await settled();
    expect(scripts).toEqual([]);
  });

  test('whoever comes back gets a new subscription, from the initial state', async () => {
    const it = await open();
    it.script.send(1, 2);
    await it.page.frame();
    await it.leave();
    expect(it.store.snapshot().state).toEqual([1, 2]);
    const leave = it.store.subscribe(() => {});
    await settled();
    await it.page.frame();
    expect(it.store.snapshot()).toMatchObject({ state: [], standing: { status: 'connecting' } });
    expect(it.source.scripts).toHaveLength(2);
    leave();
    await settled();
  });
});

describe('frames', () => {
  test('all items between two frames are published once, in order', async () => {
    const it = await open();
    it.script.send(1, 2, 3);
    it.script.send(4);
    expect(it.published).toEqual([]);
    await it.page.frame();
    await it.page.frame();
    expect(it.published).toEqual([[1, 2, 3, 4]]);
    await it.leave();
  });

  test('reduceAll gets all items of a frame at once, and a thousand at a time at most', async () => {
    const sizes: number[] = [];
    const reduce = (state: readonly number[], items: readonly number[]): readonly number[] => {
      sizes.push(items.length);
      return [...state, ...items];
    };
    const it = await open({ fold: { kind: 'all', reduce } });
    it.script.send(1, 2, 3);
    await it.page.frame();
    const many = Array.from({ length: 2000 }, (_, index) => index);
    it.script.send(...many);
    await it.page.frame();
    expect(sizes).toEqual([3, 1024, 976]);
    expect(it.store.snapshot().state).toEqual([1, 2, 3, ...many]);
    expect(it.published).toHaveLength(2);
    await it.leave();
  });

  test('items that take half a frame make the server wait for the next one, and none is lost', async () => {
    const it = await open();
    const slow = { ...list, fold: { kind: 'each', reduce } } as const;
    function reduce(state: readonly number[], item: number): readonly number[] {
      it.page.time += 3;
      return [...state, item];
    }
    it.store.plan = slow;
    it.script.send(1, 2, 3, 4, 5, 6, 7);
    expect(it.script.taken).toBe(3);
    await it.page.frame();
    expect(it.script.taken).toBe(6);
    await it.page.frame();
    await it.page.frame();
    expect(it.published).toEqual([
      [1, 2, 3],
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6, 7],
    ]);
    await it.leave();
  });

  test('a batch that takes half a frame makes the server wait, too', async () => {
    const it = await open();
    it.store.plan = {
      ...list,
      fold: {
        kind: 'all',
        reduce(state, items) {
          it.page.time += 30;
          return [...state, ...items];
        },
      },
    };
    it.script.send(1, 2);
    await it.page.frame();
    it.script.send(3, 4, 5);
    expect(it.script.taken).toBe(3);
    it.store.plan = list;
    await it.page.frame();
    expect(it.script.taken).toBe(5);
    await it.page.frame();
    expect(it.store.snapshot().state).toEqual([1, 2, 3, 4, 5]);
    await it.leave();
  });

  test('what is reduced to the same state publishes nothing', async () => {
    const it = await open({ fold: { kind: 'each', reduce: (state) => state } });
    it.script.send(1, 2);
    await it.page.frame();
    expect(it.published).toEqual([]);
    await it.leave();
  });

  test('what reduce throws ends the subscription and is in the snapshot', async () => {
    const error = new Error('No');
    const fold = {
      kind: 'each',
      reduce() {
        throw error;
      },
    } as const;
    const it = await open({ fold });
    it.script.send(1);
    expect(it.script.ended).toBe(true);
    await it.page.frame();
    expect(it.store.snapshot().crash?.error).toBe(error);
    await it.leave();
  });
});

describe('a hidden page', () => {
  test('keep: items are reduced and nothing is published until it is seen', async () => {
    const it = await open();
    it.page.hidden = true;
    it.script.send(1, 2);
    it.script.send(3);
    expect(it.published).toEqual([]);
    it.page.hidden = false;
    await it.page.frame();
    expect(it.published).toEqual([[1, 2, 3]]);
    await it.leave();
  });

  test('keep: what takes long gives the turn back, without a frame', async () => {
    const it = await open();
    it.page.hidden = true;
    it.store.plan = {
      ...list,
      fold: {
        kind: 'each',
        reduce(state, item) {
          it.page.time += 8;
          return [...state, item];
        },
      },
    };
    it.script.send(1, 2, 3);
    expect(it.script.taken).toBe(1);
    await it.page.turn();
    expect(it.script.taken).toBe(2);
    await it.page.turn();
    expect(it.script.taken).toBe(3);
    await it.leave();
  });

  test('a page that is hidden while the server waits for a frame has it go on', async () => {
    const it = await open();
    it.store.plan = {
      ...list,
      fold: {
        kind: 'each',
        reduce(state, item) {
          it.page.time += 8;
          return [...state, item];
        },
      },
    };
    it.script.send(1, 2);
    expect(it.script.taken).toBe(1);
    it.page.hidden = true;
    await it.page.turn();
    expect(it.script.taken).toBe(2);
    await it.leave();
  });

  test('latest: all items are taken, and only the newest is reduced', async () => {
    const it = await open({ hidden: 'latest' });
    it.script.send(1);
    it.page.hidden = true;
    it.script.send(2, 3, 4);
    expect(it.script.taken).toBe(4);
    it.page.hidden = false;
    it.script.send(5);
    await it.page.frame();
    expect(it.published).toEqual([[1, 4, 5]]);
    await it.leave();
  });

  test('latest: the newest is reduced before a gap or an end that follows it', async () => {
    const it = await open({ hidden: 'latest', mend: (state) => [...state, -1] });
    it.page.hidden = true;
    it.script.send(1, 2);
    it.script.gap(gap);
    it.script.send(3, 4);
    it.script.complete();
    it.page.hidden = false;
    await it.page.frame();
    expect(it.published).toEqual([[2, -1, 4]]);
    await it.leave();
  });

  test.each(['keep', 'pause'] as const)('latest, then %s: the items stay in order', async (hidden) => {
    const it = await open({ hidden: 'latest' });
    it.page.hidden = true;
    it.script.send(1, 2);
    it.store.plan = { ...list, hidden };
    it.script.send(3);
    it.page.hidden = false;
    await it.page.frame();
    expect(it.published).toEqual([[2, 3]]);
    await it.leave();
  });

  test('latest, then keep: what reduce throws of the item that waited is the end, with no item after it', async () => {
    const reduced: number[] = [];
    const reduce = (_: readonly number[], item: number): never => {
      reduced.push(item);
      throw new Error(`Not ${item}`);
    };
    const plan = { ...list, fold: { kind: 'each', reduce } } as const;
    const it = await open({ ...plan, hidden: 'latest' });
    it.page.hidden = true;
    it.script.send(1, 2);
    it.store.plan = plan;
    it.script.send(3);
    it.page.hidden = false;
    await it.page.frame();
    expect(reduced).toEqual([2]);
    expect(it.store.snapshot().crash?.error).toEqual(new Error('Not 2'));
    await it.leave();
  });

  test('pause: one item is taken at most, and all of them once it is seen', async () => {
    const it = await open({ hidden: 'pause' });
    it.page.hidden = true;
    it.script.send(1, 2, 3);
    await it.page.turn();
    expect(it.script.taken).toBe(1);
    it.page.hidden = false;
    await it.page.frame();
    expect(it.script.taken).toBe(3);
    await it.page.frame();
    expect(it.store.snapshot().state).toEqual([1, 2, 3]);
    await it.leave();
  });

  test('pause: to leave while the server waits leaves nothing open', async () => {
    const it = await open({ hidden: 'pause' });
    it.page.hidden = true;
    it.script.send(1, 2);
    await it.leave();
    expect(it.script.taken).toBe(1);
  });
});

describe('status', () => {
  const statusOf = async (it: Awaited<ReturnType<typeof open>>): Promise<string> => {
    await it.page.frame();
    return it.store.snapshot().standing.status;
  };

  test('connecting until the handler has begun, then live', async () => {
    const it = await open({}, false);
    expect(await statusOf(it)).toBe('connecting');
    it.script.start();
    expect(await statusOf(it)).toBe('live');
    await it.leave();
  });

  test('a gap that nothing mends stays until restart, which begins from the initial state', async () => {
    const it = await open();
    it.script.send(1);
    it.script.gap(gap);
    it.script.send(2);
    expect(await statusOf(it)).toBe('gap');
    expect(it.store.snapshot()).toMatchObject({ state: [1, 2], standing: { gap } });
    it.store.restart();
    expect(it.script.ended).toBe(true);
    expect(await statusOf(it)).toBe('connecting');
    expect(it.store.snapshot()).toMatchObject({ state: [], standing: { gap: undefined } });
    it.source.last.start();
    it.source.last.send(3);
    expect(await statusOf(it)).toBe('live');
    expect(it.store.snapshot().state).toEqual([3]);
    await it.leave();
  });

  test('a gap that is mended is over with the next item', async () => {
    const it = await open({ mend: () => [] });
    it.script.send(1);
    it.script.gap(gap);
    expect(await statusOf(it)).toBe('gap');
    expect(it.store.snapshot().state).toEqual([]);
    it.script.send(2);
    expect(await statusOf(it)).toBe('live');
    expect(it.store.snapshot().state).toEqual([2]);
    await it.leave();
  });

  test('a gap comes after the items before it, also when these wait for a frame', async () => {
    const fold = {
      kind: 'all',
      reduce: (state: readonly number[], items: readonly number[]) => [...state, ...items],
    } as const;
    const it = await open({ fold, mend: (state, { reason }) => [...state, reason === 'dropped' ? -2 : -1] });
    it.script.send(1, 2);
    it.script.gap({ reason: 'dropped', count: 3 });
    it.script.send(6);
    expect(await statusOf(it)).toBe('live');
    expect(it.store.snapshot().state).toEqual([1, 2, -2, 6]);
    await it.leave();
  });

  test('what the server dropped by its own rule is no gap', async () => {
    const it = await open();
    it.script.gap({ reason: 'dropped', count: 3 });
    expect(await statusOf(it)).toBe('live');
    await it.leave();
  });

  test('an error has what came before it, and restart subscribes again', async () => {
    const it = await open();
    const error = new Error('No more');
    it.script.send(1);
    it.script.fail(error);
    expect(await statusOf(it)).toBe('error');
    expect(it.store.snapshot()).toMatchObject({ state: [1], standing: { error } });
    it.store.restart();
    expect(await statusOf(it)).toBe('connecting');
    expect(it.source.scripts).toHaveLength(2);
    await it.leave();
  });

  test('restart with an initial state that throws shows that, and the next restart subscribes', async () => {
    const it = await open();
    it.script.send(1);
    await it.page.frame();
    const error = new Error('No state');
    const initial = (): never => {
      throw error;
    };
    it.store.plan = { ...list, initial };
    it.store.restart();
    expect(await statusOf(it)).toBe('ended');
    expect(it.store.snapshot()).toMatchObject({ state: [1], crash: { error } });
    expect(it.source.scripts.map(({ ended }) => ended)).toEqual([true]);
    it.store.plan = list;
    it.store.restart();
    expect(await statusOf(it)).toBe('connecting');
    expect(it.store.snapshot()).toMatchObject({ state: [], crash: undefined });
    expect(it.source.scripts).toHaveLength(2);
    await it.leave();
  });

  test('restart does nothing once nobody listens', async () => {
    const it = await open();
    await it.leave();
    it.store.restart();
    await settled();
    expect(it.source.scripts).toHaveLength(1);
  });

  test('what the procedure throws when it is called is in the snapshot', async () => {
    const error = new Error('No procedure');
    const page = new FakePage();
    const procedure: StreamProcedure<string, number, Error> = {
      subscribe() {
        throw error;
      },
    };
    const store = new StreamStore({ procedure, input: 'ACME', plan: list, page });
    const leave = store.subscribe(() => {});
    await settled();
    await page.frame();
    expect(store.snapshot()).toMatchObject({ standing: { status: 'ended' }, crash: { error } });
    leave();
    await settled();
    expect(page.open).toBe(0);
  });

  test('an initial state that throws when the stream begins is in the snapshot', async () => {
    const { procedure, scripts } = scripted();
    const page = new FakePage();
    const store = new StreamStore({ procedure, input: 'ACME', plan: list, page });
    const error = new Error('No state');
    const initial = (): never => {
      throw error;
    };
    store.plan = { ...list, initial };
    const leave = store.subscribe(() => {});
    await settled();
    await page.frame();
    expect(store.snapshot()).toMatchObject({ standing: { status: 'ended' }, crash: { error } });
    expect(scripts).toEqual([]);
    leave();
    await settled();
    expect(page.open).toBe(0);
  });

  test('an end has what came before it', async () => {
    const it = await open();
    it.script.send(1);
    it.script.complete();
    expect(await statusOf(it)).toBe('ended');
    expect(it.store.snapshot().state).toEqual([1]);
    await it.leave();
  });

  test('a line that is away for more than a second is connecting, a shorter outage is not seen', async () => {
    const line = new FakeLine('open');
    const it = await open({ connection: line });
    line.become('waiting');
    it.page.pass(999);
    expect(await statusOf(it)).toBe('live');
    line.become('connecting');
    line.become('open');
    it.page.pass(2000);
    expect(await statusOf(it)).toBe('live');
    line.become('waiting');
    it.page.pass(1000);
    expect(await statusOf(it)).toBe('connecting');
    line.become('open');
    expect(await statusOf(it)).toBe('live');
    line.become('waiting');
    await it.leave();
    expect(line.listeners.size).toBe(0);
  });
});
