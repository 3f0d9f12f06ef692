import type { inferProcedureInput, inferProcedureOutput } from '@trpc/server';
import { initTRPC } from '@trpc/server';
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import type { StreamSource } from '../../src/rpc/stream-source.ts';
import { stream } from '../../src/trpc/stream-schema.ts';

const t = initTRPC.create();
const fromText = z.string().transform(Number);
const textToNumber = v.pipe(v.string(), v.transform(Number));

test('an input that is a stream is given as any source, and handled as an iterable', () => {
  const procedure = t.procedure.input(stream(fromText)).mutation(({ input }) => {
    expectTypeOf(input).toEqualTypeOf<AsyncIterable<number>>();
  });
  expectTypeOf<inferProcedureInput<typeof procedure>>().toEqualTypeOf<StreamSource<string>>();
});

test('what may be given are generators and web streams of such items', () => {
  const procedure = t.procedure.input(stream(fromText)).mutation(() => {});
  const give = (_: inferProcedureInput<typeof procedure>): void => {};
  give({} as AsyncGenerator<string, number, undefined>);
  give(new ReadableStream<string>());
  // @ts-expect-error its items are strings
  give({} as AsyncGenerator<number>);
  // @ts-expect-error its items are strings
  give(new ReadableStream<number>());
  // @ts-expect-error a list is no stream
  give(['a']);
});

test('a member of an object of zod is typed by its item', () => {
  const schema = z.object({ name: z.string(), lines: stream(fromText) });
  expectTypeOf<z.input<typeof schema>>().toEqualTypeOf<{ name: string; lines: StreamSource<string> }>();
  expectTypeOf<z.output<typeof schema>>().toEqualTypeOf<{ name: string; lines: AsyncIterable<number> }>();
  const procedure = t.procedure.input(schema).query(({ input }) => input.lines);
  expectTypeOf<inferProcedureInput<typeof procedure>['lines']>().toEqualTypeOf<StreamSource<string>>();
  expectTypeOf<inferProcedureOutput<typeof procedure>>().toEqualTypeOf<AsyncIterable<number>>();
});

test('inside of what zod has for members', () => {
  const numbers = stream(z.number());
  const schema = z.object({
    perhaps: z.optional(numbers),
    nullable: z.nullable(numbers),
    either: z.union([z.string(), numbers]),
    list: z.array(numbers),
  });
  type Items = AsyncIterable<number>;
  expectTypeOf<z.output<typeof schema>>().toEqualTypeOf<{
    perhaps?: Items | undefined;
    nullable: Items | null;
    either: string | Items;
    list: Items[];
  }>();
  const partial = z.object({ numbers }).partial();
  expectTypeOf<z.output<typeof partial>>().toEqualTypeOf<{ numbers?: Items | undefined }>();
  const piped = z.pipe(z.unknown(), numbers);
  expectTypeOf<z.output<typeof piped>>().toEqualTypeOf<Items>();
});

test('a member of an object of zod mini is typed by its item', () => {
  const schema = mini.object({ lines: stream(mini.string()), more: mini.optional(stream(mini.number())) });
  expectTypeOf<mini.output<typeof schema>>().toEqualTypeOf<{
    lines: AsyncIterable<string>;
    more?: AsyncIterable<number> | undefined;
  }>();
});

test('a member of an object of valibot is typed by its item', () => {
  const schema = v.object({
    name: v.string(),
    lines: stream(textToNumber),
    perhaps: v.optional(stream(v.string())),
    list: v.array(stream(v.string())),
  });
  expectTypeOf<v.InferInput<typeof schema>>().toEqualTypeOf<{
    name: string;
    lines: StreamSource<string>;
    perhaps?: StreamSource<string> | undefined;
    list: StreamSource<string>[];
  }>();
  expectTypeOf<v.InferOutput<typeof schema>>().toEqualTypeOf<{
    name: string;
    lines: AsyncIterable<number>;
    perhaps?: AsyncIterable<string> | undefined;
    list: AsyncIterable<string>[];
  }>();
  const procedure = t.procedure.input(schema).query(({ input }) => input.lines);
  expectTypeOf<inferProcedureInput<typeof procedure>['lines']>().toEqualTypeOf<StreamSource<string>>();
});

test('items of any library do for zod, those of valibot alone for valibot', () => {
  const schema = z.object({ lines: stream(textToNumber) });
  expectTypeOf<z.output<typeof schema>>().toEqualTypeOf<{ lines: AsyncIterable<number> }>();
  // @ts-expect-error valibot wants members that name themselves valibot
  v.object({ lines: stream(fromText) });
});

test('an item needs a schema', () => {
  // @ts-expect-error a type is no schema
  stream(String);
  // @ts-expect-error a function that checks is no Standard Schema
  stream((value: unknown) => value);
});
