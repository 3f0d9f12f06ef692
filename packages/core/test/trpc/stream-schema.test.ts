import { initTRPC, StandardSchemaV1Error, TRPCError } from '@trpc/server';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import type { StandardSchema } from '../../src/trpc/standard-schema.ts';
import { stream } from '../../src/trpc/stream-schema.ts';
import { CountedStream } from '../harness/counted-stream.ts';
import { Gate } from '../harness/gate.ts';

async function* of<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** What a handler gets of a stream that passes as the whole input. */
async function accepted<Out>(
  item: StandardSchema<unknown, Out>,
  source: unknown,
): Promise<AsyncIterable<Out>> {
  const result = await stream(item)['~standard'].validate(source);
  if (result.issues) throw new Error(result.issues[0]?.message);
  return result.value;
}

async function all<T>(items: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const item of items) into.push(item);
  return into;
}

/** What a handler's loop throws. */
async function failure(items: AsyncIterable<unknown>): Promise<unknown> {
  try {
    await all(items);
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown');
}

const number = z.number() as StandardSchema<unknown, number>;

describe('the items of a stream', () => {
  it('are what the schema makes of them', async () => {
    const doubled = z.number().transform((n) => n * 2) as StandardSchema<unknown, number>;
    expect(await all(await accepted(doubled, of(1, 2, 3)))).toEqual([2, 4, 6]);
  });

  it('are looked at when the handler takes them, and not before', async () => {
    const source = new CountedStream([1, 2, 3]);
    const items = (await accepted(number, source))[Symbol.asyncIterator]();
    expect(source.pulled).toBe(0);
    await items.next();
    expect(source.pulled).toBe(1);
  });

  it('may be validated asynchronously, and come in order', async () => {
    const slow = new Gate();
    const schema = z.number().refine(async (n) => {
      if (n === 1) await slow.promise;
      return true;
    });
    const items = (await accepted(schema as StandardSchema<unknown, number>, of(1, 2)))[
      Symbol.asyncIterator
    ]();
    const both = Promise.all([items.next(), items.next()]);
    slow.open();
    expect((await both).map(({ value }) => value)).toEqual([1, 2]);
  });

  it('may come of a web stream', async () => {
    const source = new ReadableStream<number>({
      start: (controller) => {
        controller.enqueue(1);
        controller.close();
      },
    });
    expect(await all(await accepted(number, source))).toEqual([1]);
    expect(source.locked).toBe(false);
  });

  it('end with the failure of the source', async () => {
    async function* failing(): AsyncGenerator<number> {
      yield 1;
      throw new Error('broken');
    }
    const taken: unknown[] = [];
    await expect(all(await accepted(number, failing()), taken)).rejects.toThrow('broken');
    expect(taken).toEqual([1]);
  });
});

describe('an invalid item', () => {
  it('is thrown with its index after those before it were given', async () => {
    const taken: unknown[] = [];
    const items = await accepted(number, of<unknown>(1, 2, 3, 'four'));
    await expect(all(items, taken)).rejects.toThrow(/^Item 3 of the stream is invalid: .*expected number/);
    expect(taken).toEqual([1, 2, 3]);
  });

  it('is the caller’s fault, and the cause has all issues and their paths', async () => {
    const user = z.object({ name: z.string(), age: z.number() });
    const items = await accepted(user as StandardSchema<unknown, unknown>, of({ name: 1, age: '1' }));
    const error = await failure(items);
    expect(error).toBeInstanceOf(TRPCError);
    expect(error).toMatchObject({ code: 'BAD_REQUEST', cause: expect.any(StandardSchemaV1Error) });
    const { issues } = (error as TRPCError).cause as StandardSchemaV1Error;
    expect(issues.map(({ path }) => path)).toEqual([
      [0, 'name'],
      [0, 'age'],
    ]);
  });

  it('is found out asynchronously, too', async () => {
    const never = z.number().refine(async () => false, 'none will do');
    const items = await accepted(never as StandardSchema<unknown, number>, of(1));
    expect(await failure(items)).toMatchObject({ message: 'Item 0 of the stream is invalid: none will do' });
  });

  it('returns the source, of which nothing more is asked', async () => {
    const source = new CountedStream([1, 'two', 3]);
    const items = await accepted(number, source);
    await failure(items);
    expect(source.returned).toBe(true);
    await expect(all(items)).rejects.toThrow('iterated once');
    expect(source.pulled).toBe(2);
  });

  it('is told even when returning the source fails, or never comes back', async () => {
    for (const returned of [Promise.reject(new Error('broken')), new Promise<never>(() => {})]) {
      returned.catch(() => {});
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: async () => ({ done: false, value: 'one' }),
          return: () => returned,
        }),
      };
      expect(await failure(await accepted(number, source))).toMatchObject({ code: 'BAD_REQUEST' });
    }
  });
});

it('what a validator throws is passed on as it is, and the source is returned', async () => {
  const broken = new Error('no database');
  const schema: StandardSchema<unknown, number> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => {
        throw broken;
      },
    },
  };
  const source = new CountedStream([1]);
  expect(await failure(await accepted(schema, source))).toBe(broken);
  expect(source.returned).toBe(true);
});

describe('a handler that gives up', () => {
  it('in its loop returns the source', async () => {
    const source = new CountedStream([1, 2]);
    for await (const item of await accepted(number, source)) {
      expect(item).toBe(1);
      break;
    }
    expect(source.returned).toBe(true);
  });

  it('before its first item returns the source', async () => {
    const source = new CountedStream([1, 2]);
    await (await accepted(number, source))[Symbol.asyncIterator]().return?.();
    expect(source.returned).toBe(true);
    expect(source.pulled).toBe(0);
  });

  it('while it waits for an item does not wait for it', async () => {
    const source = new ReadableStream<number>();
    const items = (await accepted(number, source))[Symbol.asyncIterator]();
    const waiting = items.next();
    await items.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });
});

for (const value of [undefined, null, 'text', ['a'], new Blob(['a']), {}]) {
  it(`${Object.prototype.toString.call(value)} is no stream`, async () => {
    await expect(accepted(number, value)).rejects.toThrow('Expected a stream');
    expect(z.object({ s: stream(z.number()) }).safeParse({ s: value }).success).toBe(false);
    expect(v.safeParse(v.object({ s: stream(v.number()) }), { s: value }).success).toBe(false);
  });
}

describe('as a member of an object of zod', () => {
  const upload = z.object({ name: z.string(), lines: stream(z.number().transform(String)) });

  it('it is validated with the others', async () => {
    const { name, lines } = upload.parse({ name: 'a', lines: of(1, 2) });
    expect(name).toBe('a');
    expect(await all(lines)).toEqual(['1', '2']);
    expect(await all((await upload.parseAsync({ name: 'a', lines: of(3) })).lines)).toEqual(['3']);
  });

  it('it is validated without generated code, too', async () => {
    const { lines } = upload.parse({ name: 'a', lines: of(1) }, { jitless: true });
    expect(await all(lines)).toEqual(['1']);
  });

  it('its items throw with their index', async () => {
    const { lines } = upload.parse({ name: 'a', lines: of('one') });
    expect(await failure(lines)).toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/^Item 0 /),
    });
  });

  it('a value that is no stream is an issue at its place', () => {
    const { error } = upload.safeParse({ name: 1, lines: 'text' });
    expect(error?.issues).toMatchObject([
      { path: ['name'] },
      { path: ['lines'], message: 'Expected a stream' },
    ]);
    expect(upload.safeParse({ name: 'a' }).success).toBe(false);
  });

  it('it may be optional, nullable, in a union, in a list, in a tuple, and what follows a pipe', async () => {
    const numbers = stream(z.number());
    expect(z.object({ s: z.optional(numbers) }).parse({})).toEqual({});
    expect(z.object({ s: numbers }).partial().parse({})).toEqual({});
    expect(z.nullable(numbers).parse(null)).toBeNull();
    expect(z.union([z.string(), numbers]).parse('text')).toBe('text');
    const taken = [
      z.optional(numbers).parse(of(1)),
      z.union([z.string(), numbers]).parse(of(1)),
      z.array(numbers).parse([of(1)])[0],
      z.tuple([numbers]).parse([of(1)])[0],
      z.pipe(z.unknown(), numbers).parse(of(1)),
      z
        .strictObject({ s: numbers })
        .extend({ t: z.string() })
        .parse({ s: of(1), t: '' }).s,
    ];
    for (const items of taken) expect(await all(items as AsyncIterable<number>)).toEqual([1]);
  });

  it('a union of two reads the source once', async () => {
    const { readable, writable } = new TransformStream<number, number>();
    const either = z.union([
      z.object({ kind: z.literal('a'), s: stream(z.string()) }),
      z.object({ kind: z.literal('b'), s: stream(z.number()) }),
    ]);
    const parsed = either.parse({ kind: 'b', s: readable });
    const writer = writable.getWriter();
    const written = writer.write(1).then(() => writer.close());
    expect(await all(parsed.s as AsyncIterable<number>)).toEqual([1]);
    await written;
  });

  it('it is one of zod mini, too', async () => {
    const { s } = mini.object({ s: stream(mini.number()) }).parse({ s: of(1) });
    expect(await all(s)).toEqual([1]);
  });

  it('items of another library are as good', async () => {
    const { s } = z.object({ s: stream(v.pipe(v.number(), v.transform(String))) }).parse({ s: of(1) });
    expect(await all(s)).toEqual(['1']);
  });
});

describe('as a member of an object of valibot', () => {
  const upload = v.object({ name: v.string(), lines: stream(v.pipe(v.number(), v.transform(String))) });

  it('it is validated with the others', async () => {
    const { name, lines } = v.parse(upload, { name: 'a', lines: of(1, 2) });
    expect(name).toBe('a');
    expect(await all(lines)).toEqual(['1', '2']);
    expect(await all((await v.parseAsync(upload, { name: 'a', lines: of(3) })).lines)).toEqual(['3']);
  });

  it('its items throw with their index', async () => {
    const { lines } = v.parse(upload, { name: 'a', lines: of('one') });
    expect(await failure(lines)).toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringMatching(/^Item 0 /),
    });
  });

  it('a value that is no stream is an issue at its place', () => {
    const { issues } = v.safeParse(upload, { name: 1, lines: 'text' });
    expect(issues?.map((issue) => v.getDotPath(issue))).toEqual(['name', 'lines']);
    expect(issues?.[1]?.message).toBe('Expected a stream');
  });

  it('it may be optional, nullable, in a union, in a list, and at the head of a pipe', async () => {
    const numbers = stream(v.number());
    expect(v.parse(v.object({ s: v.optional(numbers) }), {})).toEqual({});
    expect(v.parse(v.nullable(numbers), null)).toBeNull();
    expect(v.parse(v.union([v.string(), numbers]), 'text')).toBe('text');
    const taken = [
      v.parse(v.optional(numbers), of(1)),
      v.parse(v.union([v.string(), numbers]), of(1)),
      v.parse(v.array(numbers), [of(1)])[0],
      v.parse(
        v.pipe(
          numbers,
          v.transform((it) => it),
        ),
        of(1),
      ),
    ];
    for (const items of taken) expect(await all(items as AsyncIterable<number>)).toEqual([1]);
  });

  it('it may stand in an object that is asynchronous', async () => {
    const schema = v.objectAsync({ s: stream(v.number()) });
    expect(await all((await v.parseAsync(schema, { s: of(1) })).s)).toEqual([1]);
  });
});

describe('as the input of a procedure', () => {
  const t = initTRPC.create();
  const numbers = stream(z.number());
  const sum = async (items: AsyncIterable<number>) =>
    (await all(items)).reduce((total, item) => total + item, 0);
  const api = t.createCallerFactory(
    t.router({
      whole: t.procedure.input(numbers).mutation(({ input }) => sum(input)),
      zod: t.procedure.input(z.object({ s: numbers })).mutation(({ input }) => sum(input.s)),
      valibot: t.procedure.input(v.object({ s: stream(v.number()) })).mutation(({ input }) => sum(input.s)),
      merged: t.procedure
        .input(z.object({ times: z.number() }))
        .input(z.object({ s: numbers }))
        .mutation(async ({ input }) => (await sum(input.s)) * input.times),
    }),
  )({});

  it('the handler gets its items', async () => {
    expect(await api.whole(of(1, 2))).toBe(3);
    expect(await api.zod({ s: of(1, 2) })).toBe(3);
    expect(await api.valibot({ s: of(1, 2) })).toBe(3);
    expect(await api.merged({ s: of(1, 2), times: 2 })).toBe(6);
  });

  it('an invalid item fails the call that did not catch it', async () => {
    const bad = () => of<unknown>(1, 'two') as AsyncIterable<number>;
    for (const call of [api.whole(bad()), api.zod({ s: bad() }), api.valibot({ s: bad() })]) {
      await expect(call).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringMatching(/^Item 1 of the stream is invalid: /),
      });
    }
  });

  it('what is no stream fails the call before the handler runs', async () => {
    const none = 'text' as unknown as AsyncIterable<number>;
    for (const call of [api.whole(none), api.zod({ s: none }), api.valibot({ s: none })]) {
      await expect(call).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining('Expected a stream'),
      });
    }
  });
});
