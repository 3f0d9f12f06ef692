/** The keys that lead to a place in a value; empty for the value itself. */
export type Path = readonly (string | number)[];

export type BytesType = 'u8' | 'buffer' | 'blob' | 'file';

/** Where bytes stood in a value and what they were. `modified` is in ms since 1970. */
export type BytesRow = readonly [
  path: Path,
  type: BytesType,
  length: number,
  mime?: string,
  name?: string,
  modified?: number,
];

/** Where a stream stood in a value, and the id that its sender gave it. */
export type StreamRow = readonly [path: Path, id: number];

/** How many values of a kind a message may hold: making a file of a row takes time. */
export const mostRows = 1024;

/** How many elements a row may have: bytes in memory have no name, and only a file has all. */
const longest: Readonly<Record<BytesType, number>> = { u8: 3, buffer: 3, blob: 4, file: 6 };

function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPath(value: unknown): value is Path {
  return Array.isArray(value) && value.every((key) => typeof key === 'string' || isNatural(key));
}

function isBytesRow(row: unknown): row is BytesRow {
  if (!Array.isArray(row)) return false;
  const [path, type, length, mime, name, modified] = row as unknown[];
  return (
    isPath(path) &&
    typeof type === 'string' &&
    Object.hasOwn(longest, type) &&
    row.length <= longest[type as BytesType] &&
    isNatural(length) &&
    (mime === undefined || typeof mime === 'string') &&
    (name === undefined || typeof name === 'string') &&
    (modified === undefined || isNatural(modified))
  );
}

function isStreamRow(row: unknown): row is StreamRow {
  if (!Array.isArray(row) || row.length !== 2) return false;
  const [path, id] = row as unknown[];
  return isPath(path) && Number.isSafeInteger(id) && (id as number) < 0;
}

/** Whether a value from the wire is a table of bytes whose lengths can be added up without losing precision. */
export function isBytesTable(value: unknown): value is readonly BytesRow[] {
  return (
    Array.isArray(value) &&
    value.length <= mostRows &&
    value.every(isBytesRow) &&
    Number.isSafeInteger(sectionBytes(value))
  );
}

/** Whether a value from the wire is a table of streams. Whether their ids are free is for the session to say. */
export function isStreamTable(value: unknown): value is readonly StreamRow[] {
  return Array.isArray(value) && value.length <= mostRows && value.every(isStreamRow);
}

/** What the sections of a table take together. */
export function sectionBytes(rows: readonly BytesRow[]): number {
  return rows.reduce((sum, [, , length]) => sum + length, 0);
}
