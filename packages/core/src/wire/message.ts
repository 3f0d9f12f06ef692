import type { BytesRow, StreamRow } from './attachment-rows.js';
import { isBytesTable, isStreamTable } from './attachment-rows.js';

/** The kinds of messages, by name. A message is an array that starts with its kind. */
export const messageKinds = {
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

export type CallType = 'query' | 'mutation' | 'subscription';

/** What may stand beside a message's value. Unknown keys are ignored. */
export interface MessageOptions {
  /** The value is `undefined`, and the `null` in its place only holds the place. */
  readonly void?: 1 | undefined;
  /** What is left of the caller's deadline, in ms. */
  readonly timeout?: number | undefined;
  /** Where a tracked subscription continues. */
  readonly after?: string | undefined;
  /** The byte sections of the message, and where in the value they belong. */
  readonly bytes?: readonly BytesRow[] | undefined;
  /** The streams in the value. */
  readonly streams?: readonly StreamRow[] | undefined;
}

type CallKind = 1 | 2 | 3;
export type CallMessage = readonly [
  kind: CallKind,
  id: number,
  path: string,
  input?: unknown,
  options?: MessageOptions,
];
export type ResultMessage = readonly [kind: 4, id: number, data?: unknown, options?: MessageOptions];
export type ErrorMessage = readonly [kind: 5, id: number, error: unknown];
export type StartedMessage = readonly [kind: 6, id: number];
export type ItemMessage = readonly [
  kind: 7,
  id: number,
  data?: unknown,
  event?: string | null,
  options?: MessageOptions,
];
export type EndMessage = readonly [kind: 8, id: number, data?: unknown, options?: MessageOptions];
export type CancelMessage = readonly [kind: 9, id: number];
export type CreditMessage = readonly [
  kind: 10,
  id: number,
  consumed: number,
  items?: number | undefined,
  bytes?: number | undefined,
];
export type PositionMessage = readonly [kind: 11, id: number, event: string];
export type GapMessage = readonly [kind: 12, id: number, reason: string, count?: number];

export type Message =
  | CallMessage
  | ResultMessage
  | ErrorMessage
  | StartedMessage
  | ItemMessage
  | EndMessage
  | CancelMessage
  | CreditMessage
  | PositionMessage
  | GapMessage;

const callTypes = { 1: 'query', 2: 'mutation', 3: 'subscription' } as const;

export function callType(kind: CallKind): CallType {
  return callTypes[kind];
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isOptions(value: unknown): value is MessageOptions | undefined {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { timeout, after, bytes, streams } = value as MessageOptions;
  return (
    (timeout === undefined || isCount(timeout)) &&
    (after === undefined || typeof after === 'string') &&
    (bytes === undefined || isBytesTable(bytes)) &&
    (streams === undefined || isStreamTable(streams))
  );
}

type Shape = (message: readonly unknown[]) => boolean;

const call: Shape = (m) => m.length >= 3 && m.length <= 5 && typeof m[2] === 'string' && isOptions(m[4]);
const value: Shape = (m) => m.length <= 4 && isOptions(m[3]);
const bare: Shape = (m) => m.length === 2;
const optionalCount = (n: unknown): boolean => n === undefined || isCount(n);

/** What follows `[kind, id`, by kind. Kinds without a shape need a feature that this peer does not announce. */
const shapes: readonly (Shape | undefined)[] = [
  undefined,
  call,
  call,
  call,
  value,
  (m) => m.length === 3,
  bare,
  (m) =>
    m.length <= 5 && (m[3] === undefined || m[3] === null || typeof m[3] === 'string') && isOptions(m[4]),
  value,
  bare,
  (m) => m.length >= 3 && m.length <= 5 && isCount(m[2]) && optionalCount(m[3]) && optionalCount(m[4]),
  (m) => m.length === 3 && typeof m[2] === 'string',
  (m) => m.length >= 3 && m.length <= 4 && typeof m[2] === 'string' && optionalCount(m[3]),
];

/** Kinds that may concern a stream inside a value, whose id is negative. */
const ofStreams: ReadonlySet<number> = new Set([
  messageKinds.error,
  messageKinds.item,
  messageKinds.end,
  messageKinds.cancel,
  messageKinds.credit,
  messageKinds.gap,
]);

/** Whether a value from the wire has the shape of one of the messages above. */
export function isMessage(message: unknown): message is Message {
  if (!Array.isArray(message)) return false;
  const kind: unknown = message[0];
  const id: unknown = message[1];
  const shape = typeof kind === 'number' ? shapes[kind] : undefined;
  if (shape === undefined || !Number.isSafeInteger(id) || !shape(message)) return false;
  return (id as number) > 0 || ((id as number) < 0 && ofStreams.has(kind as number));
}

/** The byte sections that a message has, which has been found to be one. */
export function bytesRows(message: Message): readonly BytesRow[] | undefined {
  switch (message[0]) {
    case messageKinds.query:
    case messageKinds.mutation:
    case messageKinds.subscription:
    case messageKinds.item:
      return message[4]?.bytes;
    case messageKinds.result:
      return message[3]?.bytes;
    default:
      return undefined;
  }
}

/** The value of a message, with `undefined` told from `null`. */
export function readValue(data: unknown, options: MessageOptions | undefined): unknown {
  return options?.void === 1 ? undefined : data;
}

const kindOfCall = { query: 1, mutation: 2, subscription: 3 } as const satisfies Record<CallType, CallKind>;

/** `json` is the value's JSON, undefined for `undefined`. */
export function encodeCall(
  type: CallType,
  id: number,
  path: string,
  json: string | undefined,
  options: MessageOptions | undefined,
): string {
  const head = `[${kindOfCall[type]},${id},${JSON.stringify(path)}`;
  if (options === undefined) return json === undefined ? `${head}]` : `${head},${json}]`;
  const rest = JSON.stringify(json === undefined ? { ...options, void: 1 } : options);
  return `${head},${json ?? 'null'},${rest}]`;
}

export function encodeResult(id: number, json: string | undefined, options?: MessageOptions): string {
  if (options !== undefined) return `[4,${id},${json ?? 'null'},${JSON.stringify(options)}]`;
  return json === undefined ? `[4,${id}]` : `[4,${id},${json}]`;
}

export function encodeError(id: number, json: string): string {
  return `[5,${id},${json}]`;
}

export function encodeItem(
  id: number,
  json: string | undefined,
  event: string | undefined,
  options?: MessageOptions,
): string {
  if (options !== undefined)
    return `[7,${id},${json ?? 'null'},${JSON.stringify(event ?? null)},${JSON.stringify(options)}]`;
  if (event === undefined) return json === undefined ? `[7,${id}]` : `[7,${id},${json}]`;
  return spliceItem(id, encodeItemTail(json, event));
}

/** What follows the id of a tracked event: the same for every stream that it goes to. */
export function encodeItemTail(json: string | undefined, event: string, bytes?: readonly BytesRow[]): string {
  const head = `${json ?? 'null'},${JSON.stringify(event)}`;
  if (bytes) return `${head},${JSON.stringify({ bytes })}]`;
  return json === undefined ? `${head},{"void":1}]` : `${head}]`;
}

export function spliceItem(id: number, tail: string): string {
  return `[7,${id},${tail}`;
}

export function encodePosition(id: number, event: string): string {
  return `[11,${id},${JSON.stringify(event)}]`;
}

export function encodeGap(id: number, reason: string, count?: number): string {
  const tail = count === undefined ? ']' : `,${count}]`;
  return `[12,${id},${JSON.stringify(reason)}${tail}`;
}

export function encodeCredit(id: number, consumed: number, items: number, bytes: number): string {
  return `[10,${id},${consumed},${items},${bytes}]`;
}

export function encodeBare(kind: 'started' | 'end' | 'cancel', id: number): string {
  return `[${messageKinds[kind]},${id}]`;
}
