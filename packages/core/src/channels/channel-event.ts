import type { Detached } from '../rpc/attachments.js';
import { attach, materialise } from '../rpc/attachments.js';
import type { SplicedItem } from '../rpc/dispatch.js';
import type { OutputTransformer } from '../trpc/feed-source.js';
import { encodeItemTail } from '../wire/message.js';
import type { ChannelCodec } from './channel-codec.js';

/** What an event is made of: what was published, without its bytes. */
export type ChannelValue = Pick<Detached, 'value' | 'sections'>;

/** One event of a channel, as it leaves: serialised once for all who get it. */
export class ChannelEvent implements SplicedItem {
  readonly number: number;
  readonly id: string;
  readonly tail: string;
  readonly sections: readonly Uint8Array[] | undefined;
  /** What it is the newest of, if its channel has keys. */
  readonly key: unknown;
  readonly #codec: ChannelCodec;
  readonly #jsonLength: number | undefined;
  readonly #rows: ChannelValue['sections'];
  /** For routers that write otherwise than the channel. */
  #others: Map<OutputTransformer, SplicedItem> | undefined;

  /** Throws what the transformer or `JSON.stringify` throws. */
  constructor(
    place: { readonly number: number; readonly id: string },
    { value, sections }: ChannelValue,
    codec: ChannelCodec,
    key: unknown,
  ) {
    const json = codec.encode(value);
    this.number = place.number;
    this.id = place.id;
    this.key = key;
    this.tail = encodeItemTail(json, place.id, rowsOf(sections));
    this.sections = sections.length > 0 ? sections.map(({ data }) => data) : undefined;
    this.#codec = codec;
    this.#jsonLength = json?.length;
    this.#rows = sections;
  }

  /** Characters and bytes. */
  get length(): number {
    return this.#rows.reduce((sum, { data }) => sum + data.length, this.tail.length);
  }

  /** What was published: a copy, bytes included. */
  get value(): unknown {
    return attach(
      this.#bare,
      this.#rows.map(({ row, data }) => ({ path: row[0], value: materialise(row, data.slice()) })),
    );
  }

  /** Without its bytes. */
  get #bare(): unknown {
    return this.#codec.decode(
      this.#jsonLength === undefined ? undefined : this.tail.slice(0, this.#jsonLength),
    );
  }

  /** As a router writes it. */
  for(output: OutputTransformer): SplicedItem {
    if (this.#codec.isOf(output)) return this;
    this.#others ??= new Map();
    let other = this.#others.get(output);
    if (other === undefined) {
      const bare = this.#bare;
      const json = bare === undefined ? undefined : JSON.stringify(output.serialize(bare));
      other = { tail: encodeItemTail(json, this.id, rowsOf(this.#rows)), sections: this.sections };
      this.#others.set(output, other);
    }
    return other;
  }
}

function rowsOf(sections: ChannelValue['sections']): ChannelValue['sections'][number]['row'][] | undefined {
  return sections.length > 0 ? sections.map(({ row }) => row) : undefined;
}
