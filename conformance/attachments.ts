import { isCount, isObject, type Json, Kind, type Message, optionsOf, payloadOf } from './frames.ts';

export type Path = (string | number)[];

/** A row of `options.streams`, section 7.4. */
export interface StreamRow {
  readonly path: Path;
  readonly id: number;
}

const withBytes: readonly number[] = [Kind.query, Kind.mutation, Kind.subscription, Kind.result, Kind.item];
const withStreams = withBytes.filter((kind) => kind !== Kind.item);

/** Longest row of each type of bytes, section 10. */
const rowLengths: Readonly<Record<string, number>> = { u8: 3, buffer: 3, blob: 4, file: 6 };

/** The rows of `options.streams` that have their shape. */
export function streamRows(message: Message): StreamRow[] {
  return rows(message, 'streams').flatMap((row) => {
    if (!Array.isArray(row) || !isPath(row[0]) || typeof row[1] !== 'number') return [];
    return [{ path: row[0], id: row[1] }];
  });
}

/** Cuts `bytes` into the sections of each message, as their tables say; nothing if it does not add up. */
export function cutSections(messages: readonly Json[], bytes: Uint8Array): Uint8Array[][] | undefined {
  let start = 0;
  const cut = messages.map((message) =>
    lengthsOf(message).map((length) => {
      start += length;
      return bytes.subarray(start - length, start);
    }),
  );
  return start === bytes.length ? cut : undefined;
}

/** What is wrong with the tables of a message, if anything is. */
export function attachmentFault(message: Message): string | undefined {
  const [bytes, streams] = [rows(message, 'bytes'), rows(message, 'streams')];
  if (bytes.length > 0 && !withBytes.includes(message[0])) return 'bytes in a kind that holds none';
  if (streams.length > 0 && !withStreams.includes(message[0])) return 'streams in a kind that holds none';
  if (!bytes.every(isBytesRow)) return 'a row of options.bytes without its shape';
  if (!streams.every(isStreamRow)) return 'a row of options.streams without its shape';
  const paths = [...bytes, ...streams].flatMap((row) =>
    Array.isArray(row) && isPath(row[0]) ? [row[0]] : [],
  );
  if (paths.some((path) => at(payloadOf(message), path) !== null)) return 'a path that leads to no null';
  if (new Set(paths.map((path) => JSON.stringify(path))).size < paths.length) return 'two rows for one value';
  return undefined;
}

function rows(message: Message, name: 'bytes' | 'streams'): Json[] {
  const table = optionsOf(message)[name];
  return Array.isArray(table) ? table : [];
}

function lengthsOf(message: Json): number[] {
  if (!Array.isArray(message)) return [];
  return rows(message as Message, 'bytes').map((row) => (Array.isArray(row) ? Number(row[2]) : Number.NaN));
}

function isPath(value: Json | undefined): value is Path {
  return Array.isArray(value) && value.every((key) => typeof key === 'string' || isCount(key));
}

function isBytesRow(row: Json): boolean {
  if (!Array.isArray(row)) return false;
  const [path, type, length, mime = '', name = '', modified = 0] = row;
  const longest = typeof type === 'string' ? rowLengths[type] : undefined;
  if (longest === undefined || row.length < 3 || row.length > longest) return false;
  const named = typeof mime === 'string' && typeof name === 'string' && Number.isSafeInteger(modified);
  return isPath(path) && isCount(length) && named;
}

function isStreamRow(row: Json): boolean {
  return Array.isArray(row) && row.length === 2 && isPath(row[0]) && isCount(-Number(row[1])) && row[1] !== 0;
}

/** What `path` leads to: strings are keys of objects, numbers those of arrays. */
function at(value: Json | undefined, path: Path): Json | undefined {
  let found = value;
  for (const key of path) {
    if (typeof key === 'number') found = Array.isArray(found) ? found[key] : undefined;
    else found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return found;
}
