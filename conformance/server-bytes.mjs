// Procedures whose values hold bytes.
import { z } from 'zod';
import { t } from './server-trpc.mjs';

/** The bytes of `someBytes(length, seed)`, see `binary.ts`. */
function someBytes(length, seed = 0) {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + seed) % 251);
}

const plain = (value) =>
  value.constructor === Uint8Array && value.byteOffset === 0 && value.buffer.byteLength === value.length;

/** What came, with a description in the place of each bytes value. */
async function describe(value) {
  if (value instanceof Uint8Array) return { type: 'u8', bytes: [...value], plain: plain(value) };
  if (value instanceof ArrayBuffer) return { type: 'buffer', bytes: [...new Uint8Array(value)] };
  if (value instanceof Blob) return describeBlob(value);
  if (Array.isArray(value)) return Promise.all(value.map(describe));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(async ([name, member]) => [name, await describe(member)]);
  return Object.fromEntries(await Promise.all(members));
}

async function describeBlob(blob) {
  const bytes = [...new Uint8Array(await blob.arrayBuffer())];
  if (!(blob instanceof File)) return { type: 'blob', mime: blob.type, bytes };
  return { type: 'file', mime: blob.type, name: blob.name, modified: blob.lastModified, bytes };
}

/** One value of each type. */
function kinds() {
  return {
    u8: Uint8Array.of(1, 2, 3),
    nested: [{ buffer: Uint8Array.of(4, 5).buffer }],
    blob: new Blob(['six'], { type: 'text/plain' }),
    file: new File(['seven'], 'seven.txt', { type: 'text/plain', lastModified: 7 }),
    empty: new Uint8Array(),
  };
}

async function* chunks({ input: { n, length } }) {
  for (let index = 0; index < n; index++) yield { index, data: someBytes(length, index) };
}

/** Strings that are large and small by turns. */
async function* sizes({ input }) {
  for (const size of input) yield 'x'.repeat(size);
}

export const bytes = {
  describe: t.procedure.input(z.unknown()).query(({ input }) => describe(input)),
  echo: t.procedure.input(z.unknown()).query(({ input }) => input),
  weigh: t.procedure.input(z.instanceof(Uint8Array)).query(({ input }) => input.length),
  kinds: t.procedure.query(kinds),
  bytes: t.procedure.input(z.number()).query(({ input }) => someBytes(input)),
  chunks: t.procedure.input(z.object({ n: z.number(), length: z.number() })).subscription(chunks),
  sizes: t.procedure.input(z.array(z.number())).subscription(sizes),
};
