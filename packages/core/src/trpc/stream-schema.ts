import { StandardSchemaV1Error, TRPCError } from '@trpc/server';
import type { StreamSource } from '../rpc/stream-source.js';
import { isStream, iterate } from '../rpc/stream-source.js';
import type { InputOf, OutputOf, StandardIssue, StandardProps, StandardSchema } from './standard-schema.js';

/** What `stream` makes: a Standard Schema that can also be a member of an object of zod 4 or valibot. */
export interface StreamSchema<In, Out, Vendor extends string = string>
  extends ValibotSchema<StreamSource<In>, AsyncIterable<Out>> {
  // The vendor is the item's: valibot takes for a member only what names itself valibot.
  readonly '~standard': StandardProps<StreamSource<In>, AsyncIterable<Out>, Vendor>;
  readonly _zod: ZodInternals<StreamSource<In>, AsyncIterable<Out>>;
}

/**
 * An input that is a stream, or a member of one, each item of which is as `item` says.
 *
 * ```ts
 * t.procedure.input(stream(z.string())).mutation(async ({ input }) => {
 *   for await (const line of input) await store(line);
 * });
 * t.procedure.input(z.object({ name: z.string(), lines: stream(z.string()) })).mutation(...)
 * ```
 *
 * The caller passes anything async iterable, or a web stream; the handler gets an async iterable. Items are looked at
 * one by one, as the handler takes them, so `item` may be asynchronous even in a schema that is not. One that is
 * invalid is thrown in the handler's loop, as a `BAD_REQUEST` that names its index, counted from 0; the caller is told
 * to stop, and whatever the handler has done with earlier items is done.
 *
 * A member of an object of zod 4 (or zod mini) may have items of any library, one of valibot items of valibot.
 */
export function stream<S extends StandardSchema>(
  item: S,
): StreamSchema<InputOf<S>, OutputOf<S>, S['~standard']['vendor']> {
  const validate = (item as StandardSchema<unknown, OutputOf<S>>)['~standard'].validate;
  const accept: Accept<AsyncIterable<OutputOf<S>>> = (value) =>
    isStream(value) ? new ValidItems(value, validate) : undefined;
  return {
    '~standard': {
      version: 1,
      vendor: item['~standard'].vendor,
      validate: (value) => {
        const items = accept(value);
        return items ? { value: items } : { issues: [{ message: notStream }] };
      },
    },
    _zod: zodInternals(accept),
    ...valibotSchema(accept),
  };
}

const notStream = 'Expected a stream';

/** What the handler gets; undefined for what is no stream. */
type Accept<Out> = (value: unknown) => Out | undefined;

/**
 * What zod 4 asks of a member. It names types of one version of zod for most of it, and reads `input` and `output`
 * for the types alone; `never` goes with every version.
 */
interface ZodInternals<In, Out> {
  readonly input: In;
  readonly output: Out;
  readonly version: never;
  readonly def: never;
  readonly deferred: never;
  readonly traits: Set<string>;
  readonly pattern: never;
  readonly constr: never;
  readonly bag: Record<string, unknown>;
  readonly isst: never;
  readonly run: (payload: ZodPayload) => never;
  readonly parse: (payload: ZodPayload) => never;
}

interface ZodPayload {
  value: unknown;
  readonly issues: object[];
}

function zodInternals<In, Out>(accept: Accept<Out>): ZodInternals<In, Out> {
  const run = (payload: ZodPayload): ZodPayload => {
    const items = accept(payload.value);
    if (items) payload.value = items;
    else payload.issues.push({ code: 'custom', message: notStream, input: payload.value, path: [] });
    return payload;
  };
  const internals = {
    version: { major: 4, minor: 0, patch: 0 },
    def: { type: 'custom' },
    traits: new Set(['$ZodType']),
    bag: {},
    run,
    parse: run,
  };
  return internals as unknown as ZodInternals<In, Out>;
}

/** What valibot asks of a member, whose types name no version of it either. */
interface ValibotSchema<In, Out> {
  readonly kind: 'schema';
  readonly type: 'stream';
  readonly expects: 'Stream';
  readonly async: false;
  readonly reference: (...args: readonly unknown[]) => never;
  readonly '~run': (dataset: ValibotDataset) => never;
  readonly '~types'?: { readonly input: In; readonly output: Out; readonly issue: never } | undefined;
}

interface ValibotDataset {
  value: unknown;
  typed?: boolean;
  issues?: unknown;
}

function valibotSchema<In, Out>(accept: Accept<Out>): ValibotSchema<In, Out> {
  const run = (dataset: ValibotDataset): ValibotDataset => {
    const items = accept(dataset.value);
    dataset.typed = items !== undefined;
    if (items) dataset.value = items;
    else dataset.issues = [valibotIssue(dataset.value)];
    return dataset;
  };
  return {
    kind: 'schema',
    type: 'stream',
    expects: 'Stream',
    async: false,
    reference: stream as ValibotSchema<In, Out>['reference'],
    '~run': run as ValibotSchema<In, Out>['~run'],
  };
}

function valibotIssue(input: unknown): object {
  const received = typeof input;
  return { kind: 'schema', type: 'stream', input, expected: 'Stream', received, message: notStream };
}

type Validate<Out> = StandardProps<unknown, Out, string>['validate'];

const end: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * No generator: a generator's `return` waits for the item that it waits for, and does not reach the source of one that
 * has not begun.
 */
class ValidItems<Out> implements AsyncIterableIterator<Out, undefined, undefined> {
  readonly #source: StreamSource<unknown>;
  readonly #validate: Validate<Out>;
  #begun: AsyncIterator<unknown, unknown, undefined> | undefined;
  #index = 0;
  #iterated = false;

  constructor(source: StreamSource<unknown>, validate: Validate<Out>) {
    this.#source = source;
    this.#validate = validate;
  }

  [Symbol.asyncIterator](): this {
    // A second loop would find nothing, and take that for all there was.
    if (this.#iterated) throw new Error('A stream can be iterated once');
    this.#iterated = true;
    return this;
  }

  async next(): Promise<IteratorResult<Out, undefined>> {
    const index = this.#index++;
    const step = await this.#items().next();
    if (step.done) return end;
    try {
      return { done: false, value: await this.#valid(step.value, index) };
    } catch (error) {
      // Not waited for: it may take as long as it likes, and the first failure is the one to tell.
      this.return().catch(() => {});
      throw error;
    }
  }

  async return(): Promise<IteratorResult<Out, undefined>> {
    await this.#items().return?.();
    return end;
  }

  /** Not begun when the schema is asked: a union of schemas asks several, and a web stream can be read once. */
  #items(): AsyncIterator<unknown, unknown, undefined> {
    this.#begun ??= iterate(this.#source);
    return this.#begun;
  }

  // What a validator throws is no word on the item: it goes on as it is, and tRPC makes an error of the server of it.
  async #valid(item: unknown, index: number): Promise<Out> {
    const result = await this.#validate(item);
    if (result.issues) throw invalidItem(index, result.issues);
    return result.value;
  }
}

function invalidItem(index: number, issues: readonly StandardIssue[]): TRPCError {
  const cause = new StandardSchemaV1Error(
    issues.map((issue) => ({ ...issue, path: [index, ...(issue.path ?? [])] })),
  );
  const message = `Item ${index} of the stream is invalid: ${cause.message}`;
  return new TRPCError({ code: 'BAD_REQUEST', message, cause });
}
