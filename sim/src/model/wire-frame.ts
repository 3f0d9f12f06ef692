import type { FrameData } from '@hawser/core';
import type { ControlFrame } from './control-frame.ts';
import { isControl, readControl } from './control-frame.ts';

/** A message as it went over the wire. */
export type WireMessage = readonly [kind: number, id: number, ...rest: unknown[]];

/** What may stand beside a value. */
export interface WireOptions {
  readonly bytes?: readonly (readonly [path: readonly unknown[], type: string, length: number])[];
  readonly streams?: readonly (readonly [path: readonly (string | number)[], id: number])[];
}

/** A data frame, read as far as it takes to count it. */
export interface DataFrame {
  readonly kind: 'data';
  readonly ack: number | undefined;
  /** The messages, as text, without what may differ when they are sent again. */
  readonly body: string;
  /** Bytes of the sections of all messages. */
  readonly sections: number;
}

/** A part of one message. */
export interface PartFrame {
  readonly kind: 'part';
  readonly transfer: number;
  readonly announced: { readonly json: number; readonly sections: number } | undefined;
  readonly last: boolean;
  readonly content: Uint8Array;
}

export type WireFrame = { readonly kind: 'control'; readonly control: ControlFrame } | DataFrame | PartFrame;

const bracket = 91;
const dataKind = 1;
const partKind = 2;
const dataHead = 5;
const firstHead = 14;
const laterHead = 6;

/** Reads a frame by section 3, 10 or 11 of PROTOCOL.md; undefined for what is none. */
export function readWire(data: FrameData): WireFrame | undefined {
  if (typeof data === 'string') {
    return isControl(data) ? { kind: 'control', control: readControl(data) } : dataFrame(data, 0);
  }
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (bytes[0] === dataKind) {
    const end = dataHead + bytes.readUInt32BE(1);
    return dataFrame(bytes.toString('utf8', dataHead, end), bytes.length - end);
  }
  return bytes[0] === partKind ? partFrame(bytes) : undefined;
}

function dataFrame(text: string, sections: number): DataFrame {
  const kind = 'data';
  if (text.charCodeAt(1) === bracket) return { kind, ack: undefined, body: text.slice(1), sections };
  const comma = text.indexOf(',');
  return { kind, ack: Number(text.slice(1, comma)), body: text.slice(comma + 1), sections };
}

function partFrame(bytes: Buffer): PartFrame {
  const first = ((bytes[1] ?? 0) & 1) === 1;
  return {
    kind: 'part',
    transfer: bytes.readUInt32BE(2),
    announced: first ? { json: bytes.readUInt32BE(6), sections: bytes.readUInt32BE(10) } : undefined,
    last: ((bytes[1] ?? 0) & 2) === 2,
    content: bytes.subarray(first ? firstHead : laterHead),
  };
}

/** The messages of a data frame. */
export function messagesIn({ body }: DataFrame): readonly WireMessage[] {
  return JSON.parse(`[${body}`) as readonly WireMessage[];
}

/** By kind, where in a message the options stand. */
const optionsAt: readonly (number | undefined)[] = [undefined, 4, 4, 4, 3, undefined, undefined, 4];

export function optionsIn(message: WireMessage): WireOptions {
  const at = optionsAt[message[0]];
  return (at === undefined ? undefined : (message[at] as WireOptions | undefined)) ?? {};
}

/** What the byte sections of a message take, by its own table. */
export function bytesIn(message: WireMessage): number {
  return (optionsIn(message).bytes ?? []).reduce((sum, [, , length]) => sum + length, 0);
}

/** A frame for a reader of traces. */
export function shown(data: FrameData): string {
  if (typeof data === 'string') return data;
  const frame = readWire(data);
  // The hash of a world depends on every byte; a reader is spared them.
  const mark = `${data.length} bytes ${checksum(data)}`;
  if (frame?.kind === 'data') return `${frame.ack ?? ''}[${frame.body} and ${frame.sections} in ${mark}`;
  if (frame?.kind !== 'part') return mark;
  const { transfer, announced, last, content } = frame;
  const whole = announced ? ` of ${announced.json} and ${announced.sections}` : '';
  return `part of ${transfer}${whole}${last ? ', the last' : ''}: ${content.length} in ${mark}`;
}

/** As much of a frame as it takes to know it again. */
export function glimpse(data: FrameData, length: number): string {
  if (typeof data !== 'string')
    return data[0] === partKind ? `part ${data[5]} in ${data.length} bytes` : `${data.length} bytes`;
  return data.length > length ? `${data.slice(0, length)}…` : data;
}

/** Bytes in short. */
export function checksum(bytes: Uint8Array): string {
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum = (Math.imul(sum, 31) + (bytes[i] as number)) | 0;
  return (sum >>> 0).toString(36);
}
