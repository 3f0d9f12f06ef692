import type { AnyTRPCRouter, TRPCCombinedDataTransformer, TRPCDataTransformer } from '@trpc/server';

/** For a router that has a transformer: the same one. */
export interface WithTransformer {
  readonly transformer: TRPCDataTransformer | TRPCCombinedDataTransformer;
}

/** For a router that has none. */
export interface WithoutTransformer {
  readonly transformer?: undefined;
}

export type TransformerOption<Router extends AnyTRPCRouter> =
  Router['_def']['_config']['$types']['transformer'] extends false ? WithoutTransformer : WithTransformer;

/** The client's half of a transformer. `undefined` passes untouched, as on the wire. */
export interface Translation {
  /** An input's JSON. Throws what the transformer or `JSON.stringify` throws. */
  encode(input: unknown): string | undefined;
  decode(data: unknown): unknown;
}

const plain: Translation = {
  encode: (input) => JSON.stringify(input),
  decode: (data) => data,
};

export function translationOf(options: WithTransformer | WithoutTransformer | undefined): Translation {
  const transformer = options?.transformer;
  if (transformer === undefined) return plain;
  const { input, output } =
    'input' in transformer ? transformer : { input: transformer, output: transformer };
  return {
    encode: (value) => (value === undefined ? undefined : JSON.stringify(input.serialize(value))),
    decode: (data) => (data === undefined ? undefined : output.deserialize(data)),
  };
}
