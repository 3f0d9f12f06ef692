import type { TRPCCombinedDataTransformer, TRPCDataTransformer } from '@trpc/server';
import { initTRPC } from '@trpc/server';
import type { OutputTransformer } from '../trpc/feed-source.js';

export type ChannelTransformer = TRPCDataTransformer | TRPCCombinedDataTransformer;

/** What a router writes with that was given no transformer. */
const plain: TRPCCombinedDataTransformer = initTRPC.create()._config.transformer;

/** How a channel writes its events. */
export class ChannelCodec {
  readonly #output: TRPCDataTransformer;

  constructor(transformer: ChannelTransformer = plain) {
    this.#output = 'output' in transformer ? transformer.output : transformer;
  }

  /** Whether a router writes the same way. */
  isOf(output: OutputTransformer): boolean {
    return output === this.#output;
  }

  /** Undefined for `undefined`. */
  encode(value: unknown): string | undefined {
    return value === undefined ? undefined : JSON.stringify(this.#output.serialize(value));
  }

  decode(json: string | undefined): unknown {
    return json === undefined ? undefined : this.#output.deserialize(JSON.parse(json));
  }
}
