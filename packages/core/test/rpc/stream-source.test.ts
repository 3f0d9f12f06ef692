import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { StreamSource } from '../../src/rpc/stream-source.ts';
import { isStream, iterate } from '../../src/rpc/stream-source.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';

async function* letters(): AsyncGenerator<string> {
  yield 'a';
  yield 'b';
}

/** A web stream as Safari has it: not async iterable. */
function safari<T>(stream: ReadableStream<T>): ReadableStream<T> {
  Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
  return stream;
}

function webStream(events: string[] = []): ReadableStream<string> {
  return new ReadableStream<string>({
    start: (controller) => {
      controller.enqueue('a');
      controller.enqueue('b');
    },
    cancel: () => void events.push('cancelled'),
  });
}

function closed(stream: ReadableStream<string>): ReadableStream<string> {
  return stream.pipeThrough(
    new TransformStream({
      transform: (item, controller) => {
        controller.enqueue(item);
        if (item === 'b') controller.terminate();
      },
    }),
  );
}

async function all(source: StreamSource<unknown>): Promise<unknown[]> {
  const items = iterate(source);
  const taken: unknown[] = [];
  for (let step = await items.next(); !step.done; step = await items.next()) taken.push(step.value);
  return taken;
}

describe('a stream', () => {
  const streams: Readonly<Record<string, unknown>> = {
    'a generator': letters(),
    'a stream of Node': Readable.from(['a']),
    'a web stream': webStream(),
    'a web stream of Safari': safari(webStream()),
    'an iterator of another kind': new CountedStream([]),
  };
  for (const [what, value] of Object.entries(streams)) {
    it(`is ${what}`, () => expect(isStream(value)).toBe(true));
  }

  const others: Readonly<Record<string, unknown>> = {
    'a blob': new Blob(['a']),
    'a list': ['a'],
    'an iterator that is synchronous': upTo(3),
    text: 'a',
    null: null,
    undefined: undefined,
    'a function that makes one': letters,
    'an object with a member of that name': { getReader: 'mine', [Symbol.asyncIterator]: undefined },
  };
  for (const [what, value] of Object.entries(others)) {
    it(`is not ${what}`, () => expect(isStream(value)).toBe(false));
  }
});

describe('reading gives every item, in order, of', () => {
  const sources: Readonly<Record<string, StreamSource<unknown>>> = {
    'a generator': letters(),
    'a stream of Node': Readable.from(['a', 'b']),
    'a web stream': closed(webStream()),
    'a web stream of Safari': safari(closed(webStream())),
  };
  for (const [what, source] of Object.entries(sources)) {
    it(what, async () => expect(await all(source)).toEqual(['a', 'b']));
  }
});

it('a generator’s last word is given', async () => {
  async function* counted(): AsyncGenerator<string, number> {
    yield 'a';
    return 1;
  }
  const items = iterate(counted());
  await items.next();
  expect(await items.next()).toEqual({ done: true, value: 1 });
  expect(await items.next()).toEqual({ done: true, value: undefined });
});

describe('giving up', () => {
  /** What a source was told, by its own account. */
  function told(next: () => Promise<IteratorResult<string>>): {
    source: AsyncIterable<string>;
    calls: string[];
  } {
    const calls: string[] = [];
    const iterator: AsyncIterator<string> = {
      next: () => {
        calls.push('next');
        return next();
      },
      return: async () => {
        calls.push('return');
        return { done: true, value: undefined };
      },
    };
    return { source: { [Symbol.asyncIterator]: () => iterator }, calls };
  }

  it('reaches the source once', async () => {
    const { source, calls } = told(async () => ({ done: false, value: 'a' }));
    const items = iterate(source);
    await items.next();
    await Promise.all([items.return?.(), items.return?.()]);
    await items.return?.();
    expect(await items.next()).toEqual({ done: true, value: undefined });
    expect(calls).toEqual(['next', 'return']);
  });

  it('reaches a source that nothing was asked of', async () => {
    const { source, calls } = told(async () => ({ done: true, value: undefined }));
    await iterate(source).return?.();
    expect(calls).toEqual(['return']);
  });

  it('does not reach a source that has come to its end', async () => {
    const { source, calls } = told(async () => ({ done: true, value: undefined }));
    const items = iterate(source);
    await items.next();
    await items.return?.();
    expect(calls).toEqual(['next']);
  });

  it('does not reach a source that has failed', async () => {
    const { source, calls } = told(async () => {
      throw new Error('broken');
    });
    const items = iterate(source);
    await expect(items.next()).rejects.toThrow('broken');
    await items.return?.();
    expect(calls).toEqual(['next']);
  });

  it('is nothing to a source that cannot be given up', async () => {
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 'a' }) }),
    };
    expect(await iterate(source).return?.()).toEqual({ done: true, value: undefined });
  });
});

for (const [what, kind] of [
  ['a web stream', (it: ReadableStream<string>) => it],
  ['a web stream of Safari', safari],
] as const) {
  describe(`of ${what}`, () => {
    it('giving up cancels it and lets go of it', async () => {
      const events: string[] = [];
      const stream = kind(webStream(events));
      const items = iterate(stream);
      expect(await items.next()).toEqual({ done: false, value: 'a' });
      expect(stream.locked).toBe(true);
      await items.return?.();
      expect(events).toEqual(['cancelled']);
      expect(stream.locked).toBe(false);
    });

    it('giving up ends a read that waits', async () => {
      const stream = kind(new ReadableStream<string>());
      const items = iterate(stream);
      const waiting = items.next();
      await items.return?.();
      expect(await waiting).toEqual({ done: true, value: undefined });
      expect(stream.locked).toBe(false);
    });

    it('the end lets go of it', async () => {
      const stream = kind(closed(webStream()));
      await all(stream);
      expect(stream.locked).toBe(false);
    });

    it('a failure is thrown and lets go of it', async () => {
      const stream = kind(
        new ReadableStream<string>({ pull: (controller) => controller.error(new Error('broken')) }),
      );
      await expect(all(stream)).rejects.toThrow('broken');
      expect(stream.locked).toBe(false);
    });

    it('a cancel that fails lets go of it, too', async () => {
      const stream = kind(new ReadableStream<string>({ cancel: () => Promise.reject(new Error('broken')) }));
      const items = iterate(stream);
      await expect(items.return?.()).rejects.toThrow('broken');
      expect(stream.locked).toBe(false);
    });
  });
}
