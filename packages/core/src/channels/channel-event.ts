import type { Section } from '../rpc/attachments.js';
import { attach, materialise } from '../rpc/attachments.js';
import type { SplicedItem } from '../rpc/dispatch.js';
import type { OutputTransformer } from '../trpc/feed-source.js';
import type { BytesRow } from '../wire/attachment-rows.js';
import { encodeItemTail } from '../wire/message.js';
import type { ChannelCodec } from './channel-codec.js';
import type { LoggedEvent } from './channel-log.js';

/** What an event is made of. */
export type EventContent = Pick<LoggedEvent, 'number' | 'json' | 'parts' | 'key'>;

/** One event of a channel, as it leaves: serialised once for all who get it. */
export class ChannelEvent implements LoggedEvent, SplicedItem {
  readonly number: number;
  readonly id: string;
  readonly tail: string;
  readonly parts: readonly Section[];
  readonly sections: readonly Uint8Array[] | undefined;
  readonly key: unknown;
  readonly #codec: ChannelCodec;
  readonly #jsonLength: number | undefined;
  /** For routers that write otherwise than the channel. */
  #others: Map<OutputTransformer, SplicedItem> | undefined;

  constructor(id: string, { number, json, parts, key }: EventContent, codec: ChannelCodec) {
    this.number = number;
    this.id = id;
    this.key = key;
    this.tail = encodeItemTail(json, id, rowsOf(parts));
    this.parts = parts;
    this.sections = parts.length > 0 ? parts.map(({ data }) => data) : undefined;
    this.#codec = codec;
    this.#jsonLength = json?.length;
  }

  get length(): number {
    return this.parts.reduce((sum, { data }) => sum + data.length, this.tail.length);
  }

  get json(): string | undefined {
    return this.#jsonLength === undefined ? undefined : this.tail.slice(0, this.#jsonLength);
  }

  /** What was published: a copy, bytes included. */
  get value(): unknown {
    return attach(
      this.#codec.decode(this.json),
      this.parts.map(({ row, data }) => ({ path: row[0], value: materialise(row, data.slice()) })),
    );
  }

  /** As a router writes it. */
  for(output: OutputTransformer): SplicedItem {
    if (this.#codec.isOf(output)) return this;
    this.#others ??= new Map();
    let other = this.#others.get(output);
    if (other === undefined) {
      const bare = this.#codec.decode(this.json);
      const json = bare === undefined ? undefined : JSON.stringify(output.serialize(bare));
      const { id, sections } = this;
      other = { id, tail: encodeItemTail(json, id, rowsOf(this.parts)), sections };
      this.#others.set(output, other);
    }
    return other;
  }
}

function rowsOf(parts: readonly Section[]): BytesRow[] | undefined {
  return parts.length > 0 ? parts.map(({ row }) => row) : undefined;
}
