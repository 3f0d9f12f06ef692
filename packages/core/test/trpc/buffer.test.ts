import { EventEmitter, on } from 'node:events';
import { tracked } from '@trpc/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BufferOptions } from '../../src/trpc/buffer.ts';
import { buffer, dropped, droppedOf } from '../../src/trpc/buffer.ts';
import { position, positionOf } from '../../src/trpc/position.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import { Gate } from '../harness/gate.ts';
import { microtasks } from '../harness/settling.ts';

/** A source that gives what the test says, when the test says so. */
class Feed<T> implements AsyncIterableIterator<T, undefined, undefined> {
  /** How often an item was asked for. */
  pulled = 0;
  returned = 0;
  #given = 0;
  readonly #steps: Gate<IteratorResult<T, undefined>>[] = [];

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return this.#step(this.pulled++).promise;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.returned++;
    return { done: true, value: undefined };
  }

  async give(...items: readonly T[]): Promise<void> {
    for (const value of items) this.#step(this.#given++).open({ done: false, value });
    await microtasks();
  }

  async end(): Promise<void> {
    this.#step(this.#given++).open({ done: true, value: undefined });
    await microtasks();
  }

  async fail(error: unknown): Promise<void> {
    this.#step(this.#given++).fail(error);
    await microtasks();
  }

  #step(index: number): Gate<IteratorResult<T, undefined>> {
    const step = this.#steps[index] ?? new Gate();
    this.#steps[index] = step;
    return step;
  }
}

/** A buffer that has begun to read its feed, and whose consumer has taken one item and is slow since. */
async function slow<T>(options: BufferOptions<T>, first: T): Promise<{ feed: Feed<T>; items: Items<T> }> {
  const feed = new Feed<T>();
  const items = buffer(feed, options);
  const begun = items.next();
  await feed.give(first);
  expect(await begun).toEqual({ done: false, value: first });
  return { feed, items };
}

type Items<T> = AsyncIterableIterator<T, undefined, undefined>;

/** What is left to take, marks as `-count`. */
async function rest(items: Items<unknown>): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const item of items) taken.push(shown(item));
  return taken;
}

function shown(item: unknown): unknown {
  const missing = droppedOf(item);
  return missing === undefined ? item : `-${missing}`;
}

async function take(items: Items<unknown>): Promise<unknown> {
  const step = await items.next();
  return step.done ? 'end' : shown(step.value);
}

describe('a mark', () => {
  it('says how many are missing', () => expect(droppedOf(dropped(3))).toBe(3));

  for (const value of [undefined, null, 3, 'dropped', {}, [], tracked('1', 1), position('1')]) {
    it(`is not ${JSON.stringify(value)}`, () => expect(droppedOf(value)).toBeUndefined());
  }

  it('is no position', () => expect(positionOf(dropped(3))).toBeUndefined());
});

describe('a limit', () => {
  for (const limit of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    it(`is not ${limit}`, () => {
      expect(() => buffer(new Feed(), { limit, overflow: 'error' })).toThrow(RangeError);
    });
  }
});

const policies = ['wait', 'drop-oldest', 'error', 'latest'] as const;

for (const overflow of policies) {
  describe(`with ${overflow}`, () => {
    it('nothing is asked of the source before something is asked of the buffer', async () => {
      const feed = new Feed<number>();
      buffer(feed, { limit: 3, overflow });
      await microtasks();
      expect(feed.pulled).toBe(0);
    });

    it('a consumer that keeps up gets every item', async () => {
      const { feed, items } = await slow({ limit: 1, overflow }, 0);
      for (const n of [1, 2, 3]) {
        const taken = take(items);
        await feed.give(n);
        expect(await taken).toBe(n);
      }
    });

    it('consumers that wait get the items in the order in which they asked', async () => {
      const { feed, items } = await slow({ limit: 1, overflow }, 0);
      const taken = Promise.all([take(items), take(items), take(items)]);
      await feed.give(1, 2);
      await feed.end();
      expect(await taken).toEqual([1, 2, 'end']);
    });

    it('a failure comes after what waits, once', async () => {
      const { feed, items } = await slow({ limit: 3, overflow }, 0);
      await feed.give(1);
      await feed.fail(new Error('broken'));
      expect(await take(items)).toBe(1);
      await expect(items.next()).rejects.toThrow('broken');
      expect(await take(items)).toBe('end');
      expect(feed.returned).toBe(0);
    });

    it('giving up returns the source once, drops what waits and ends who waits', async () => {
      const { feed, items } = await slow({ limit: 3, overflow }, 0);
      await feed.give(1, 2);
      await items.return?.();
      await items.return?.();
      expect(await take(items)).toBe('end');
      expect(feed.returned).toBe(1);

      const waiting = await slow({ limit: 3, overflow }, 0);
      const taken = take(waiting.items);
      await waiting.items.return?.();
      expect(await taken).toBe('end');
    });

    it('nothing more is asked of a source that was given up', async () => {
      const { feed, items } = await slow({ limit: 3, overflow }, 0);
      await items.return?.();
      const { pulled } = feed;
      await feed.give(1, 2);
      expect(feed.pulled).toBe(pulled);
      expect(await take(items)).toBe('end');
    });

    it('giving up before the first item returns the source', async () => {
      const feed = new Feed<number>();
      const items = buffer(feed, { limit: 3, overflow });
      await items.return?.();
      expect(feed.returned).toBe(1);
      expect(await take(items)).toBe('end');
      expect(feed.pulled).toBe(0);
    });

    it('giving up drops a failure that waits', async () => {
      const { feed, items } = await slow({ limit: 3, overflow }, 0);
      await feed.fail(new Error('broken'));
      await items.return?.();
      expect(await take(items)).toBe('end');
    });

    it('a failure of a source that was given up is nobody’s', async () => {
      const { feed, items } = await slow({ limit: 3, overflow }, 0);
      await items.return?.();
      await feed.fail(new Error('broken'));
      expect(await take(items)).toBe('end');
    });

    it('tracked events and positions pass as they are', async () => {
      const event = tracked('1', { price: 5 });
      const place = position('0') as unknown;
      const { feed, items } = await slow<unknown>({ limit: 3, overflow }, place);
      await feed.give(event);
      expect((await items.next()).value).toBe(event);
    });

    it('a web stream is read, and cancelled when it is given up', async () => {
      let cancelled = false;
      const source = new ReadableStream<number>({
        start: (controller) => controller.enqueue(1),
        cancel: () => {
          cancelled = true;
        },
      });
      const items = buffer(source, { limit: 1, overflow });
      expect(await take(items)).toBe(1);
      await items.return?.();
      expect(cancelled).toBe(true);
    });

    it('a source that cannot be read is a failure', async () => {
      const source = new ReadableStream<number>();
      source.getReader();
      await expect(buffer(source, { limit: 1, overflow }).next()).rejects.toThrow(TypeError);
    });
  });
}

describe('with drop-oldest', () => {
  it('what is missing is told before the next item, all of it at once', async () => {
    const { feed, items } = await slow({ limit: 2, overflow: 'drop-oldest' }, 0);
    await feed.give(1, 2, 3, 4, 5);
    expect(await take(items)).toBe('-3');
    expect(await take(items)).toBe(4);
    await feed.give(6, 7);
    await feed.end();
    expect(await rest(items)).toEqual(['-1', 6, 7]);
  });

  it('a source of 100,000 items ahead of its consumer holds no more than the limit', async () => {
    const source = new CountedStream(upTo(100_000));
    const items = buffer(source, { limit: 10, overflow: 'drop-oldest' });
    expect(await take(items)).toBe(0);
    while (source.pulled < 100_000) await microtasks();
    expect(await rest(items)).toEqual(['-99989', ...upTo(10, (n) => 99_990 + n)]);
  });

  it('it empties the queue of an emitter that nobody else bounds', async () => {
    const emitter = new EventEmitter();
    const stop = new AbortController();
    const items = buffer(on(emitter, 'price', { signal: stop.signal }), {
      limit: 1,
      overflow: 'drop-oldest',
    });
    const first = items.next();
    for (const price of upTo(1000)) emitter.emit('price', price);
    expect((await first).value).toEqual([0]);
    await microtasks();
    expect(await take(items)).toBe('-998');
    expect((await items.next()).value).toEqual([999]);
    await items.return?.();
    expect(emitter.listenerCount('price')).toBe(0);
  });

  it('a position that is dropped is no item that is missing', async () => {
    const { feed, items } = await slow<unknown>({ limit: 1, overflow: 'drop-oldest' }, 0);
    await feed.give(position('1'), 2);
    await feed.end();
    expect(await rest(items)).toEqual([2]);
  });
});

describe('with wait', () => {
  it('it reads ahead to the limit, and on when there is room', async () => {
    const source = new CountedStream(upTo(10));
    const items = buffer(source, { limit: 3, overflow: 'wait' });
    expect(await take(items)).toBe(0);
    await microtasks();
    expect(source.pulled).toBe(4);
    expect(await take(items)).toBe(1);
    await microtasks();
    expect(source.pulled).toBe(5);
    expect(await rest(items)).toEqual([...upTo(8, (n) => n + 2)]);
  });

  it('a source that is given up while it is full is returned, and asked nothing more', async () => {
    const source = new CountedStream(upTo(10));
    const items = buffer(source, { limit: 1, overflow: 'wait' });
    await items.next();
    await microtasks();
    await items.return?.();
    await microtasks();
    expect(source.returned).toBe(true);
    expect(source.pulled).toBe(2);
  });
});

describe('with error', () => {
  it('what waits is given before the error, and the source is returned at once', async () => {
    const { feed, items } = await slow({ limit: 2, overflow: 'error' }, 0);
    await feed.give(1, 2, 3, 4);
    expect(feed.returned).toBe(1);
    expect(await take(items)).toBe(1);
    expect(await take(items)).toBe(2);
    await expect(items.next()).rejects.toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      message: 'The stream was not taken fast enough: more than 2 items waited',
    });
    expect(await take(items)).toBe('end');
    expect(feed.pulled).toBe(4);
  });
});

describe('with latest', () => {
  const price = (symbol: string, n: number) => `${symbol}${n}`;
  const key = (item: unknown): unknown => String(item)[0];

  it('without a key the last item replaces what waits', async () => {
    const { feed, items } = await slow({ limit: 5, overflow: 'latest' }, 0);
    await feed.give(1, 2, 3);
    await feed.end();
    expect(await rest(items)).toEqual(['-2', 3]);
  });

  it('an item takes the place of the one of its key', async () => {
    const { feed, items } = await slow({ limit: 5, overflow: 'latest', key }, price('a', 0));
    await feed.give(price('a', 1), price('b', 1), price('a', 2), price('c', 1));
    await feed.end();
    expect(await rest(items)).toEqual(['-1', 'a2', 'b1', 'c1']);
  });

  it('an item whose key is no more waits at the end', async () => {
    const { feed, items } = await slow({ limit: 5, overflow: 'latest', key }, price('a', 0));
    await feed.give(price('a', 1), price('b', 1));
    expect(await take(items)).toBe('a1');
    await feed.give(price('a', 2), price('b', 2));
    await feed.end();
    expect(await rest(items)).toEqual(['-1', 'b2', 'a2']);
  });

  it('more keys than the limit drop the oldest', async () => {
    const { feed, items } = await slow({ limit: 2, overflow: 'latest', key }, price('a', 0));
    await feed.give(price('a', 1), price('b', 1), price('c', 1), price('a', 2));
    await feed.end();
    expect(await rest(items)).toEqual(['-2', 'c1', 'a2']);
  });

  for (const [what, keyed] of [
    ['with keys', (item: unknown) => (item as string).charAt(0)],
    ['without', undefined],
  ] as const) {
    it(`positions replace each other and nothing else, ${what}`, async () => {
      const options = { limit: 5, overflow: 'latest' as const, ...(keyed && { key: keyed }) };
      const { feed, items } = await slow<unknown>(options, price('a', 0));
      await feed.give(price('a', 1), position('1'), position('2'), price('a', 2));
      await feed.end();
      expect(await take(items)).toBe('-1');
      expect(await take(items)).toBe('a2');
      expect(positionOf((await items.next()).value)).toBe('2');
      expect(await take(items)).toBe('end');
    });
  }

  it('what a key throws ends it as a failure of the source would, and the source is returned', async () => {
    const broken = (item: unknown): unknown => {
      if (item === 2) throw new Error('no key');
      return item;
    };
    const { feed, items } = await slow<number>({ limit: 5, overflow: 'latest', key: broken }, 0);
    await feed.give(1, 2, 3);
    expect(feed.returned).toBe(1);
    expect(await take(items)).toBe(1);
    await expect(items.next()).rejects.toThrow('no key');
  });
});

describe('marks of the source', () => {
  it('are added to those of the buffer', async () => {
    const { feed, items } = await slow<unknown>({ limit: 1, overflow: 'drop-oldest' }, 0);
    await feed.give(1, 2, dropped(5), 3);
    await feed.end();
    expect(await rest(items)).toEqual(['-7', 3]);
  });

  it('are told to a consumer that waits', async () => {
    const { feed, items } = await slow<unknown>({ limit: 1, overflow: 'drop-oldest' }, 0);
    const taken = take(items);
    await feed.give(dropped(5));
    expect(await taken).toBe('-5');
  });

  it('are told at its end, too', async () => {
    const { feed, items } = await slow<unknown>({ limit: 1, overflow: 'wait' }, 0);
    await feed.give(dropped(5));
    await feed.end();
    expect(await rest(items)).toEqual(['-5']);
  });
});

/** What a producer and a consumer do, one after the other. */
type Act = { readonly give: number } | 'take';

const acts = fc.array(
  fc.oneof(fc.record({ give: fc.integer({ min: 0, max: 4 }) }), fc.constant('take' as const)),
);

/** Gives numbered items of a few keys, and takes when told to, also before there is anything to take. */
async function play(options: BufferOptions<Keyed>, script: readonly Act[]): Promise<Played> {
  const { feed, items } = await slow<Keyed>(options, { key: 0, n: 0 });
  const steps: Promise<IteratorResult<Taken, undefined>>[] = [];
  let given = 0;
  for (const act of script) {
    if (act === 'take') steps.push(items.next());
    else await feed.give({ key: act.give, n: ++given });
  }
  await feed.end();
  const taken: Taken[] = [];
  for (const step of await Promise.all(steps)) if (!step.done) taken.push(step.value);
  for await (const item of items) taken.push(item);
  return { given, taken };
}

interface Keyed {
  readonly key: number;
  readonly n: number;
}
type Taken = Keyed | object;
interface Played {
  readonly given: number;
  readonly taken: readonly Taken[];
}

function itemsOf({ taken }: Played): Keyed[] {
  return taken.filter((it): it is Keyed => 'n' in it);
}

function missingIn({ taken }: Played): number {
  return taken.reduce((sum, it) => sum + (droppedOf(it) ?? 0), 0);
}

describe('whatever is given and taken', () => {
  const limits = fc.integer({ min: 1, max: 4 });

  it('drop-oldest keeps the order, and counts exactly what is missing where it is missing', async () => {
    await fc.assert(
      fc.asyncProperty(acts, limits, async (script, limit) => {
        const { given, taken } = await play({ limit, overflow: 'drop-oldest' }, script);
        let last = 0;
        for (const it of taken) {
          last += droppedOf(it) ?? 1;
          if ('n' in it) expect(it.n).toBe(last);
        }
        expect(last).toBe(given);
      }),
    );
  });

  it('latest keeps the order of each key, gives the last, and tells of every item that it does not give', async () => {
    await fc.assert(
      fc.asyncProperty(acts, limits, async (script, limit) => {
        const played = await play({ limit, overflow: 'latest', key: ({ key }) => key }, script);
        const latest = new Map<number, number>();
        for (const { key, n } of itemsOf(played)) {
          expect(n).toBeGreaterThan(latest.get(key) ?? 0);
          latest.set(key, n);
        }
        if (played.given > 0) expect([...latest.values()]).toContain(played.given);
        expect(itemsOf(played).length + missingIn(played)).toBe(played.given);
      }),
    );
  });
});
