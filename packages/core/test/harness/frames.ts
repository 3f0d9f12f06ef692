import { defaultLimits } from '../../src/wire/limits.ts';

/** Anything that can be said in a frame. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Frame = readonly Json[];

export function parse(text: string): Frame {
  return JSON.parse(text) as Frame;
}

/** A secret as `hello` wants it: 43 characters of base64url. */
export function secretOf(name: string): string {
  return name.padEnd(43, 'x').slice(0, 43);
}

export function helloFrame(fields: { readonly [key: string]: Json } = {}): Frame {
  return ['hello', { mode: 'open', secret: secretOf('s'), dial: 1, sent: 0, received: 0, ...fields }];
}

/** A `hello` that asks for a session again, by default with its second dial. */
export function resumeFrame(name: string, fields: { readonly [key: string]: Json } = {}): Frame {
  return helloFrame({ mode: 'resume', secret: secretOf(name), dial: 2, ...fields });
}

export function welcomeFrame(fields: { readonly [key: string]: Json } = {}): Frame {
  const limits: { readonly [key: string]: Json } = { ...defaultLimits };
  const base = { session: 'S', server: 'K', resumed: false, sent: 0, received: 0, limits };
  return ['welcome', { ...base, ...fields }];
}

/** The data frames among frames. */
export function dataOf(frames: readonly Frame[]): readonly Frame[] {
  return frames.filter((frame) => typeof frame[0] !== 'string');
}

/** The messages of all data frames, in order, without acknowledgements. */
export function messagesOf(frames: readonly Frame[]): readonly Frame[] {
  return dataOf(frames).flatMap((frame) => frame.filter((it): it is Frame => Array.isArray(it)));
}

/** The control frames of a name. */
export function controlsOf(frames: readonly Frame[], name: string): readonly Frame[] {
  return frames.filter((frame) => frame[0] === name);
}
