import { createHash } from 'node:crypto';
import { type Part, readBinary } from './binary.ts';
import { type Frame, isControl, parseFrame } from './frames.ts';

/** The acknowledgement that leads a frame, which may be another when the frame is sent again. */
const ownAck = /^\s*\[\s*\d+\s*,/;

/** A counted frame, text or binary. */
export interface DataFrame {
  /** Empty if it is a part. */
  readonly frame: Frame;
  /** Those of all its messages. */
  readonly sections: Uint8Array;
  readonly part?: Part;
  readonly bytes: number;
  /** What stays the same when the frame is sent again. */
  readonly content: string;
}

/** Reads a counted frame; nothing if it has the shape of none. */
export function readDataFrame(data: string | Uint8Array): DataFrame | undefined {
  if (typeof data === 'string') return fromJson(data, new Uint8Array(), Buffer.byteLength(data));
  const binary = readBinary(data);
  if (!binary) return undefined;
  if ('json' in binary) return fromJson(binary.json, binary.sections, data.length);
  const { part } = binary;
  return { frame: [], sections: new Uint8Array(), part, bytes: data.length, content: digest(data) };
}

export function contentOf({ content }: DataFrame): string {
  return content;
}

function fromJson(json: string, sections: Uint8Array, bytes: number): DataFrame | undefined {
  const frame = parseFrame(json);
  if (!frame || isControl(frame)) return undefined;
  const content = `${json.replace(ownAck, '[')} ${digest(sections)}`;
  return { frame, sections, bytes, content };
}

function digest(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('base64url');
}
