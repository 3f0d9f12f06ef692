import { randomBytes } from 'node:crypto';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A control frame or a data frame, as its JSON. One that is empty stands for a part. */
export type Frame = Json[];

export type Message = [kind: number, id: number, ...rest: Json[]];

/** Table 12.2. */
export const Kind = {
  query: 1,
  mutation: 2,
  subscription: 3,
  result: 4,
  error: 5,
  started: 6,
  item: 7,
  end: 8,
  cancel: 9,
  credit: 10,
  position: 11,
  gap: 12,
  drain: 13,
  auth: 14,
} as const;

export type CallName = 'query' | 'mutation' | 'subscription';

/** The `hello` object. A type alias, not an interface: only an alias is assignable to {@link Json}. */
export type Hello = { [key: string]: Json };

/** The 32 random bytes of a session, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** A key that no other test uses. */
export function newKey(): string {
  return randomBytes(9).toString('base64url');
}

/** A valid `hello`; `overrides` replaces its members, one that is `undefined` removes it. */
export function hello(overrides: { [key: string]: Json | undefined } = {}): Frame {
  const members = { mode: 'open', secret: newSecret(), dial: 1, sent: 0, received: 0, ...overrides };
  const present: Hello = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) present[name] = value;
  return ['hello', present];
}

export function isControl(frame: Frame): boolean {
  return typeof frame[0] === 'string';
}

export function isObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

export function isMessage(value: unknown): value is Message {
  return Array.isArray(value) && Number.isSafeInteger(value[0]) && Number.isSafeInteger(value[1]);
}

export function isFinal(message: Message): boolean {
  return message[0] === Kind.result || message[0] === Kind.error || message[0] === Kind.end;
}

/** The frame in `text`, or nothing if it has the shape of none. */
export function parseFrame(text: string): Frame | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.length > 0 ? (value as Frame) : undefined;
  } catch {
    return undefined;
  }
}

/** The messages of a data frame, without its leading acknowledgement. */
export function messagesOf(frame: Frame): Json[] {
  return typeof frame[0] === 'number' ? frame.slice(1) : frame;
}

export function isCall(message: Message): boolean {
  return message[0] >= Kind.query && message[0] <= Kind.subscription;
}

/** Kinds of a caller, or of a stream's receiver: their ids are those of what the other end was asked, or sends. */
export function isDemand(message: Message): boolean {
  return isCall(message) || message[0] === Kind.cancel || message[0] === Kind.credit;
}

/** Where a kind has its data, and its options. */
function places([kind]: Message): readonly [data: number, options: number] {
  if (kind <= Kind.subscription) return [3, 4];
  return kind === Kind.item ? [2, 4] : [2, 3];
}

/** The value in a message that may hold one, as its JSON says. */
export function payloadOf(message: Message): Json | undefined {
  return message[places(message)[0]];
}

export function optionsOf(message: Message): { [key: string]: Json } {
  const options = message[places(message)[1]];
  return isObject(options) ? options : {};
}

/** The value of a `result`, an `item` or an `end`; absent, or `null` with `void`, is `undefined`. */
export function dataOf(message: Message): Json | undefined {
  const data = message[2];
  return data === null && optionsOf(message)['void'] === 1 ? undefined : data;
}

/** The event id of a tracked `item`. */
export function eventOf(message: Message): Json | undefined {
  return message[3] ?? undefined;
}

/** `data.code` of an `error`'s shape, or a description of what came instead. */
export function errorCode(message: Message): string {
  const shape = message[2];
  if (message[0] !== Kind.error || !isObject(shape)) return `no error: ${JSON.stringify(message)}`;
  const data = shape['data'];
  const code = isObject(data) ? data['code'] : undefined;
  return typeof code === 'string' ? code : `no code: ${JSON.stringify(message)}`;
}
