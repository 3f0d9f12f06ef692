import type { Blob as NodeBlob } from 'node:buffer';
import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import type { Client } from '@hawser/client';
import { stream } from '@hawser/core/trpc';
import type { TRPCClient } from '@trpc/client';
import { initTRPC, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import superjson from 'superjson';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';

const plain = initTRPC.create();
const rich = initTRPC.create({ transformer: superjson });

type Builder = typeof plain.procedure;
type Bytes = Uint8Array<ArrayBuffer>;
type Items<Item> = AsyncIterableIterator<Item, void, undefined>;
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

declare const branded: unique symbol;
type UserId = string & { readonly [branded]: 'UserId' };
type Hash = Uint8Array & { readonly [branded]: 'Hash' };

interface User {
  readonly id: UserId;
  readonly joined: Date;
  nick?: string;
}

interface Folder {
  name: string;
  created: Date;
  parent: Folder | null;
  folders: Folder[];
}

interface Album {
  name: string;
  cover?: Uint8Array;
  albums: Album[];
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Packed = string | Date | Uint8Array | Packed[] | { [key: string]: Packed };

class Secret {
  readonly shown = new Date();
  #hidden = 1;
  protected kept = this.#hidden;
}

class Picture {
  readonly pixels = new Uint8Array();
  size(): number {
    return this.pixels.length;
  }
}

/** A web stream as the DOM library of before TypeScript 6 has it: to be read, and not async iterable. */
interface OldWebStream<Item> {
  getReader(options: { mode: 'byob' }): OldByteReader;
  getReader(): OldReader<Item>;
  getReader(options?: { mode?: 'byob' }): OldReader<Item> | OldByteReader;
}
interface OldReader<Item> {
  read(): Promise<{ done: false; value: Item } | { done: true; value: Item | undefined }>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}
interface OldByteReader {
  read<View extends ArrayBufferView>(view: View): Promise<{ done: boolean; value: View | undefined }>;
  cancel(reason?: unknown): Promise<void>;
  releaseLock(): void;
}

async function* dates() {
  yield { at: new Date() };
  return 'not told';
}

declare function given<Value>(): Value;

const bytes = (procedure: Builder) => ({
  array: procedure.query(() => new Uint8Array(1)),
  anyArray: procedure.query(() => given<Uint8Array>()),
  nodeBuffer: procedure.query(() => Buffer.alloc(1)),
  buffer: procedure.query(() => new ArrayBuffer(1)),
  blob: procedure.query(() => new Blob([])),
  nodeBlob: procedure.query(() => given<NodeBlob>()),
  file: procedure.mutation(() => new File([], '')),
  brand: procedure.query(() => given<Hash>()),
  perhaps: procedure.query(() => given<Buffer | null>()),
  either: procedure.query(() => given<Uint8Array | Date>()),
  member: procedure.query(() => given<{ at: Date; photo: Buffer; scan: File; user: User }>()),
  optional: procedure.query(() => given<{ photo?: Uint8Array; scan: Blob | undefined }>()),
  nested: procedure.query(() => ({ deep: { er: [{ photo: Buffer.alloc(1) }] } })),
  list: procedure.query(() => given<readonly Buffer[]>()),
  pair: procedure.query(() => given<readonly [name: string, photo: Buffer]>()),
  rest: procedure.query(() => given<[name: string, ...photos: Buffer[]]>()),
  record: procedure.query(() => given<Record<string, Buffer>>()),
  union: procedure.query(() => given<{ kind: 'a'; a: Buffer } | { kind: 'b'; b: Date }>()),
  loose: procedure.query(() => given<{ photo: Buffer; unknown: unknown; id: UserId }>()),
  // biome-ignore lint/suspicious/noExplicitAny: what `JSON.parse` gives is what many resolvers give
  any: procedure.query(() => given<{ photo: Buffer; any: any }>()),
  never: procedure.query(() => given<{ photo: Buffer; never: never[]; kind: never }>()),
  declared: procedure
    .output(z.object({ photo: z.instanceof(Uint8Array) }))
    .query(() => ({ photo: Buffer.alloc(1) })),
});

const subscriptions = (procedure: Builder) => ({
  photos: procedure.subscription(async function* () {
    yield { at: new Date(), photo: Buffer.alloc(1) };
  }),
  bare: procedure.subscription(async function* () {
    yield Buffer.alloc(1);
  }),
  log: procedure.subscription(async function* () {
    yield tracked('1', { at: new Date(), photo: Buffer.alloc(1) });
  }),
  observed: procedure.subscription(() => observable<Buffer>((observer) => observer.complete())),
});

const streams = (procedure: Builder) => ({
  root: procedure.query(() => dates()),
  mutated: procedure.mutation(() => dates()),
  iterable: procedure.query(() => given<AsyncIterable<Date>>()),
  web: procedure.query(() => new ReadableStream<Date>()),
  oldWeb: procedure.query(() => given<OldWebStream<Date>>()),
  node: procedure.query(() => Readable.from([])),
  ofBytes: procedure.query(() => new Blob([]).stream()),
  ofPhotos: procedure.query(() => given<AsyncGenerator<{ at: Date; photo: Buffer }>>()),
  member: procedure.query(() => ({ at: new Date(), dates: dates(), lists: [dates()] })),
  optional: procedure.query(() => given<{ dates?: AsyncIterable<Date>; more: AsyncIterable<Date> | null }>()),
});

const recursive = (procedure: Builder) => ({
  album: procedure.query(() => given<Album>()),
  packed: procedure.query(() => given<Packed>()),
});

/** What holds neither bytes nor streams, or holds them where nobody looks. */
const others = (procedure: Builder) => ({
  nothing: procedure.mutation(() => {}),
  never: procedure.query((): never => given<never>()),
  unknown: procedure.query(() => given<unknown>()),
  // biome-ignore lint/suspicious/noExplicitAny: as above
  any: procedure.query(() => given<any>()),
  // biome-ignore lint/suspicious/noExplicitAny: as above
  anyMember: procedure.query(() => given<{ at: Date; any: any; list: any[] }>()),
  primitive: procedure.query(() => given<string | bigint | boolean | undefined>()),
  id: procedure.query(() => given<UserId>()),
  user: procedure.query(() => given<User>()),
  users: procedure.query(() => given<readonly User[] | null>()),
  pair: procedure.query(() => given<readonly [a: Date, b?: User]>()),
  folder: procedure.query(() => given<Folder>()),
  json: procedure.query(() => given<{ json: Json; at: Date }>()),
  map: procedure.query(() => given<{ map: Map<string, Uint8Array>; set: Set<Date> }>()),
  words: procedure.query(() => given<{ words: Uint16Array; view: DataView; clamped: Uint8ClampedArray }>()),
  secret: procedure.query(() => new Secret()),
  picture: procedure.query(() => new Picture()),
  later: procedure.query(() => ({ later: Promise.resolve(new Date()) })),
  call: procedure.query(() => ({ call: () => 1, at: new Date() })),
  object: procedure.query(() => given<{ object: object; empty: Record<never, never>; symbol: symbol }>()),
});

const numbers = z.string().transform(Number);

const inputs = (procedure: Builder) => ({
  sum: procedure.input(stream(numbers)).mutation(async ({ input }) => {
    let sum = 0;
    for await (const number of input) sum += number;
    return sum;
  }),
  both: procedure.input(stream(numbers)).query(({ input }) => input),
  named: procedure
    .input(z.object({ name: z.string(), numbers: stream(numbers) }))
    .query(({ input }) => input),
  photo: procedure
    .input(z.object({ photo: z.instanceof(Uint8Array), scan: z.instanceof(Blob) }))
    .mutation(({ input }) => input),
});

const branches = (procedure: Builder) => ({
  bytes: bytes(procedure),
  streams: streams(procedure),
  recursive: recursive(procedure),
  subscriptions: subscriptions(procedure),
  others: others(procedure),
  inputs: inputs(procedure),
});
type Plain = ReturnType<typeof plainRouter>;
type Rich = ReturnType<typeof richRouter>;
const plainRouter = () => plain.router(branches(plain.procedure));
const richRouter = () => rich.router(branches(rich.procedure));

declare const plainly: Client<Plain>;
declare const richly: Client<Rich>;

/** What the procedures of a branch answer, by name. */
type Outputs<Branch> = { [Name in keyof Branch]: OutputOf<Branch[Name]> };
type OutputOf<Calls> = Calls extends { query: (...args: never[]) => infer Answer }
  ? Awaited<Answer>
  : Calls extends { mutate: (...args: never[]) => infer Answer }
    ? Awaited<Answer>
    : never;

/** The names whose types differ. */
type Differences<Theirs, Ours> = {
  [Name in keyof Theirs]: Name extends keyof Ours
    ? Equal<Theirs[Name], Ours[Name]> extends true
      ? never
      : Name
    : Name;
}[keyof Theirs];

interface BytesBothWays {
  array: Bytes;
  anyArray: Bytes;
  nodeBuffer: Bytes;
  buffer: ArrayBuffer;
  blob: Blob;
  nodeBlob: NodeBlob;
  file: File;
  brand: Hash;
  perhaps: Bytes | null;
  nested: { deep: { er: { photo: Bytes }[] } };
  rest: [name: string, ...photos: Bytes[]];
  record: Record<string, Bytes>;
  declared: { photo: Bytes };
}

test('bytes are bytes, wherever a value holds them, and JSON is what is around them', () => {
  interface Expected extends BytesBothWays {
    either: Bytes | string;
    member: {
      at: string;
      photo: Bytes;
      scan: File;
      user: { readonly id: UserId; readonly joined: string; nick?: string };
    };
    optional: { photo?: Bytes; scan?: Blob };
    list: Bytes[];
    // tRPC's JSON type takes a readonly tuple for an array.
    pair: (string | Bytes)[];
    union: { kind: 'a'; a: Bytes } | { kind: 'b'; b: string };
    loose: { photo: Bytes; unknown?: unknown; id: UserId };
    // biome-ignore lint/suspicious/noExplicitAny: as above
    any: { photo: Bytes; any?: any };
    never: { photo: Bytes; never: never[] };
  }
  expectTypeOf<Differences<Outputs<Client<Plain>['bytes']>, Expected>>().toEqualTypeOf<never>();
});

test('with a transformer, what is around bytes stays as it is', () => {
  interface Expected extends BytesBothWays {
    either: Bytes | Date;
    member: { at: Date; photo: Bytes; scan: File; user: User };
    optional: { photo?: Bytes; scan: Blob | undefined };
    list: readonly Bytes[];
    pair: readonly [name: string, photo: Bytes];
    union: { kind: 'a'; a: Bytes } | { kind: 'b'; b: Date };
    loose: { photo: Bytes; unknown: unknown; id: UserId };
    // biome-ignore lint/suspicious/noExplicitAny: as above
    any: { photo: Bytes; any: any };
    never: { photo: Bytes; never: never[]; kind: never };
  }
  expectTypeOf<Differences<Outputs<Client<Rich>['bytes']>, Expected>>().toEqualTypeOf<never>();
});

test('recursive types may hold bytes', async () => {
  const album = await plainly.recursive.album.query();
  expectTypeOf(album.albums[0]?.albums[0]?.cover).toEqualTypeOf<Bytes | undefined>();
  const packed = await plainly.recursive.packed.query();
  if (!Array.isArray(packed)) return;
  const inner = packed[0];
  if (Array.isArray(inner)) expectTypeOf<Bytes>().toExtend<(typeof inner)[number]>();
  // @ts-expect-error a Date became a string on its way
  if (Array.isArray(inner)) expectTypeOf<Date>().toExtend<(typeof inner)[number]>();
});

test('a stream is an iterator, at the root and inside of objects and lists', () => {
  interface Expected {
    root: Items<{ at: string }>;
    mutated: Items<{ at: string }>;
    iterable: Items<string>;
    web: Items<string>;
    oldWeb: Items<string>;
    // biome-ignore lint/suspicious/noExplicitAny: Node does not say what its streams hold
    node: Items<any>;
    ofBytes: Items<Bytes>;
    ofPhotos: Items<{ at: string; photo: Bytes }>;
    member: { at: string; dates: Items<{ at: string }>; lists: Items<{ at: string }>[] };
    optional: { dates?: Items<string>; more: Items<string> | null };
  }
  expectTypeOf<Differences<Outputs<Client<Plain>['streams']>, Expected>>().toEqualTypeOf<never>();
});

test('with a transformer, the items of a stream stay as they are', () => {
  interface Expected {
    root: Items<{ at: Date }>;
    mutated: Items<{ at: Date }>;
    iterable: Items<Date>;
    web: Items<Date>;
    oldWeb: Items<Date>;
    // biome-ignore lint/suspicious/noExplicitAny: Node does not say what its streams hold
    node: Items<any>;
    ofBytes: Items<Bytes>;
    ofPhotos: Items<{ at: Date; photo: Bytes }>;
    member: { at: Date; dates: Items<{ at: Date }>; lists: Items<{ at: Date }>[] };
    optional: { dates?: Items<Date>; more: Items<Date> | null };
  }
  expectTypeOf<Differences<Outputs<Client<Rich>['streams']>, Expected>>().toEqualTypeOf<never>();
});

test('a stream is iterated, and left by `return`', async () => {
  for await (const { at } of await plainly.streams.root.query()) expectTypeOf(at).toEqualTypeOf<string>();
  const { dates } = await richly.streams.member.query();
  for await (const { at } of dates) expectTypeOf(at).toEqualTypeOf<Date>();
  void dates.return?.();
  // @ts-expect-error the answer has to come first
  for await (const date of richly.streams.root.query()) void date;
});

test('a subscription’s items hold bytes as answers do', () => {
  const observed = {
    plain: plainly.subscriptions.photos.subscribe(),
    rich: richly.subscriptions.photos.subscribe(),
    bare: plainly.subscriptions.bare.subscribe(),
    log: plainly.subscriptions.log.subscribe(),
    observed: plainly.subscriptions.observed.subscribe(),
  };
  expectTypeOf(observed).toEqualTypeOf<{
    plain: Items<{ at: string; photo: Bytes }>;
    rich: Items<{ at: Date; photo: Bytes }>;
    bare: Items<Bytes>;
    log: Items<{ id: string; data: { at: string; photo: Bytes } }>;
    observed: Items<Bytes>;
  }>();
  plainly.subscriptions.photos.subscribe(undefined, {
    onData: (item) => expectTypeOf(item).toEqualTypeOf<{ at: string; photo: Bytes }>(),
  });
});

test('whatever holds neither is typed as tRPC types it', () => {
  type PlainDifferences = Differences<Outputs<TRPCClient<Plain>['others']>, Outputs<Client<Plain>['others']>>;
  type RichDifferences = Differences<Outputs<TRPCClient<Rich>['others']>, Outputs<Client<Rich>['others']>>;
  expectTypeOf<PlainDifferences>().toEqualTypeOf<never>();
  expectTypeOf<RichDifferences>().toEqualTypeOf<never>();
});

test('the comparison sees what differs', () => {
  type Seen = Differences<Outputs<TRPCClient<Plain>['bytes']>, Outputs<Client<Plain>['bytes']>>;
  expectTypeOf<Seen>().toEqualTypeOf<keyof Client<Plain>['bytes']>();
});

test('a class keeps its private members', () => {
  expectTypeOf(richly.others.secret.query()).resolves.toEqualTypeOf<Secret>();
  // @ts-expect-error what only looks alike is another class
  const look: Awaited<ReturnType<typeof richly.others.secret.query>> = { shown: new Date() };
  void look;
});

test('a stream is given as anything that can be iterated or read', () => {
  async function* words() {
    yield 'one';
  }
  const given = [
    plainly.inputs.sum.mutate(words()),
    plainly.inputs.sum.mutate(new ReadableStream<string>()),
    plainly.inputs.sum.mutate(Readable.from(['one'])),
    plainly.inputs.sum.mutate(new Blob([]).stream().pipeThrough(new TextDecoderStream())),
    plainly.inputs.sum.mutate({} as OldWebStream<string>),
  ];
  expectTypeOf(given).items.resolves.toEqualTypeOf<number>();
  expectTypeOf(richly.inputs.both.query(words())).resolves.toEqualTypeOf<Items<number>>();
  const named = plainly.inputs.named.query({ name: '', numbers: words() });
  expectTypeOf(named).resolves.toEqualTypeOf<{ name: string; numbers: Items<number> }>();
  const wrong = [
    // @ts-expect-error a list is no stream
    () => plainly.inputs.sum.mutate(['one']),
    // @ts-expect-error its items are strings
    () => plainly.inputs.sum.mutate(dates()),
    // @ts-expect-error its items are strings
    () => plainly.inputs.sum.mutate(new ReadableStream<number>()),
    // @ts-expect-error its items are strings
    () => plainly.inputs.named.query({ name: '', numbers: dates() }),
    // @ts-expect-error a generator has to be called
    () => plainly.inputs.sum.mutate(words),
  ];
  expectTypeOf(wrong).toBeArray();
});

test('bytes are given as they are, a Buffer too', () => {
  const photo = { photo: Buffer.alloc(1), scan: new File([], '') };
  expectTypeOf(plainly.inputs.photo.mutate(photo)).resolves.toEqualTypeOf<{ photo: Bytes; scan: Blob }>();
  // @ts-expect-error text is no bytes
  void plainly.inputs.photo.mutate({ ...photo, photo: 'bytes' });
});
