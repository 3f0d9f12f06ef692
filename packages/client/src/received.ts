import type {
  inferTransformedProcedureOutput,
  TRPCDefaultErrorShape,
  TRPCQueryProcedure,
} from '@trpc/server';

/** What a router says of itself to its callers. */
export type RootTypes = { transformer: boolean; errorShape: TRPCDefaultErrorShape };

/**
 * What a caller gets where a procedure gives `Output`: bytes as bytes, streams as iterators, and all else as tRPC
 * types it, with a transformer as it is, without one as JSON leaves it.
 */
export type Received<Root extends RootTypes, Output> = Transformed<Root, Carried<Root, Output>>;

/** tRPC has no public name for what it does to one type, only for what it does to a procedure's. */
type Transformed<Root extends RootTypes, Output> = inferTransformedProcedureOutput<
  Root,
  TRPCQueryProcedure<{ meta: unknown; input: unknown; output: Output }>
>;

/** A type without bytes and streams is not taken apart: so it keeps its name, and its private members. */
type Carried<Root extends RootTypes, Value> =
  Value extends Holes<Value>
    ? Value
    : Value extends Uint8Array
      ? Passed<Root, BytesOf<Value>>
      : Value extends Buffered
        ? Passed<Root, Value>
        : Value extends Streamed
          ? Passed<Root, AsyncIterableIterator<Received<Root, ItemIn<Value>>, void, undefined>>
          : Members<Root, Value>;

type Members<Root extends RootTypes, Value> =
  IsList<Value> extends true
    ? Value extends unknown[]
      ? Carried<Root, Value[number]>[]
      : Value extends readonly unknown[]
        ? readonly Carried<Root, Value[number]>[]
        : never
    : { [Key in keyof Value]: Carried<Root, Value[Key]> };

/**
 * The same type with `never` where it holds bytes or a stream, so that a type without them, and no other, is
 * assignable to it. A search would not end in a recursive type; the compiler's own comparison does.
 */
type Holes<Value> = unknown extends Value
  ? Value
  : Value extends Uint8Array | Buffered | Streamed
    ? never
    : IsList<Value> extends true
      ? Value extends readonly unknown[]
        ? readonly Holes<Value[number]>[]
        : never
      : HasMethods<Value> extends true
        ? Value
        : { [Key in keyof Value]: Holes<Value[Key]> };

/** What tRPC's JSON type does not touch: it takes `toJSON` at its word. */
type Passed<Root extends RootTypes, Value> = Root['transformer'] extends false ? { toJSON(): Value } : Value;

/** `Uint8Array<ArrayBuffer>`, in words that TypeScript before 5.7 knows too. */
type Bytes = ReturnType<Uint8Array['slice']>;

/** A Buffer of Node arrives as the plain array it is made of; a brand stays. */
type BytesOf<Value> = Value extends { toJSON(): unknown } ? Bytes : Bytes extends Value ? Bytes : Value;

/** Blobs are known by their members: not every reader of these types has the DOM's or Node's. */
type Buffered =
  | ArrayBuffer
  | { readonly size: number; readonly type: string; arrayBuffer(): Promise<ArrayBuffer>; slice(): unknown };

/** A web stream is not async iterable in every DOM library. */
type Streamed = AsyncIterable<unknown> | { getReader(): unknown };

type ItemIn<Stream> =
  Stream extends AsyncIterable<infer Item>
    ? Item
    : Stream extends { getReader(): infer Reader }
      ? ItemRead<Reader>
      : never;

/** `getReader` may give a reader of another mode, whose `read` wants a buffer. */
type ItemRead<Reader> = Reader extends { read(): Promise<infer Result> }
  ? Result extends { done: false; value: infer Item }
    ? Item
    : never
  : never;

/** A tuple is not assignable from an array of its members. */
type IsList<Value> = Value extends readonly (infer Item)[] ? (Item[] extends Value ? true : false) : false;

/** What has methods is an instance of something, and not looked into: a Map, a Date, a typed array. */
type HasMethods<Value> = true extends { [Key in keyof Value]: IsMethod<Value[Key]> }[keyof Value]
  ? true
  : false;

type IsMethod<Member> = [Member] extends [never]
  ? false
  : unknown extends Member
    ? false
    : [Member] extends [(...args: never[]) => unknown]
      ? true
      : false;
