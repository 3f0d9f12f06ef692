import type { BytesRow, BytesType, Path } from '../wire/attachment-rows.js';
import type { StreamSource } from './stream-source.js';
import { isStream, iterate } from './stream-source.js';

/** Bytes that were taken out of a value. */
export interface Section {
  readonly row: BytesRow;
  readonly data: Uint8Array;
}

/** A value without its bytes and streams: `null` stands for each. Sections are in the order of the walk. */
export interface Detached {
  readonly value: unknown;
  readonly sections: readonly Section[];
  readonly streams: readonly { readonly path: Path; readonly source: object }[];
}

export interface DetachOptions {
  /** Whether the value may hold streams; one that does and may not is a TypeError. */
  readonly streams: boolean;
  /** Whether all bytes are copied; otherwise large ones are views on the caller's memory. */
  readonly copy: boolean;
}

/** What belongs at a place of a value. */
export interface Found {
  readonly path: Path;
  readonly value: unknown;
}

/** A plain object or an array: what is looked into. Any other object is the transformer's. */
type Container = Record<string | number, unknown>;

/** Bytes up to this many are copied: it costs less than the caller's surprise. */
const copiedBytes = 65_536;

/**
 * How far a walk goes that remembers nothing. The depth ends it soon in a cycle; the count ends it where the same
 * objects are reached in ever more ways.
 */
const fewContainers = 2_000_000;
const littleDepth = 256;

/** Takes bytes and streams out of a value; undefined if it has none. A promise if a Blob has to be read. */
export function detach(value: unknown, options: DetachOptions): Detached | Promise<Detached> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (search(value, fewContainers, littleDepth) >= 0) return undefined;
  const survey = new Survey(options.streams);
  return survey.visit(value) ? new Extraction(survey, options.copy).of(value) : undefined;
}

/** Puts each back at its place, in the value itself. The paths are the other end's: they reach own properties only. */
export function attach(value: unknown, found: readonly Found[]): unknown {
  const root: Container = { 0: value };
  for (const it of found) {
    let place = root;
    let key: string | number = 0;
    for (const next of it.path) {
      place = containerAt(place[key], next);
      key = next;
    }
    if (place[key] !== null) throw new TypeError('A path leads to a place that is taken');
    place[key] = it.value;
  }
  return root[0];
}

function containerAt(value: unknown, key: string | number): Container {
  const leads =
    isContainer(value) && Array.isArray(value) === (typeof key === 'number') && Object.hasOwn(value, key);
  if (!leads) throw new TypeError('A path leads nowhere');
  return value;
}

/** What a row describes. `data` has to own its memory: nothing else may be in the same buffer. */
export function materialise(row: BytesRow, data: Uint8Array): unknown {
  const [, type, , mime = '', name = '', modified] = row;
  if (type === 'u8') return data;
  if (type === 'buffer') return data.buffer;
  if (type === 'blob') return new Blob([data], { type: mime });
  const dates = modified === undefined ? {} : { lastModified: modified };
  // Without File a Blob says the same, and is a file again when it is sent on.
  if (typeof File === 'undefined') return Object.assign(new Blob([data], { type: mime }), { name, ...dates });
  return new File([data], name, { type: mime, ...dates });
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || isPlain(value));
}

/** By tag, because test runners and frames have constructors of their own, of which nothing here is an instance. */
function bytesType(value: object): BytesType | undefined {
  switch (Object.prototype.toString.call(value)) {
    case '[object Uint8Array]':
      return 'u8';
    case '[object ArrayBuffer]':
      return 'buffer';
    case '[object Blob]':
    case '[object File]':
      return typeof (value as Partial<File>).name === 'string' ? 'file' : 'blob';
    default:
      return undefined;
  }
}

function kindOf(value: object): BytesType | 'stream' | undefined {
  if (Array.isArray(value)) return undefined;
  if (isStream(value)) return 'stream';
  return isPlain(value) ? undefined : bytesType(value);
}

/**
 * Looks for anything to take out and remembers nothing, because nearly every value has nothing. Answers what is left
 * of the budget, or -1: there is something, or the value is so large, deep or cyclic that this walk cannot say.
 */
function search(value: object, budget: number, depth: number): number {
  if (Array.isArray(value)) return searchArray(value, budget - 1, depth);
  if (isStream(value)) return -1;
  if (!isPlain(value)) return bytesType(value) === undefined ? budget : -1;
  let left = depth > 0 ? budget - 1 : -1;
  for (const key in value) {
    if (left < 0) return -1;
    const child = (value as Container)[key];
    if (typeof child === 'object' && child !== null) left = search(child, left, depth - 1);
  }
  return left;
}

function searchArray(value: readonly unknown[], budget: number, depth: number): number {
  let left = depth > 0 ? budget : -1;
  for (let i = 0; i < value.length && left >= 0; i++) {
    const child = value[i];
    if (typeof child === 'object' && child !== null) left = search(child, left, depth - 1);
  }
  return left;
}

/** Which containers hold something, at whatever depth, and whether there is a cycle. Sees each container once. */
class Survey {
  readonly #states = new Map<object, 'open' | 'holding' | 'empty'>();
  readonly #streams: boolean;
  #cyclic = false;

  constructor(streams: boolean) {
    this.#streams = streams;
  }

  get cyclic(): boolean {
    return this.#cyclic;
  }

  /** Whether something is to be taken out of the value, or the value itself. */
  visit(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    const kind = kindOf(value);
    if (kind === 'stream' && !this.#streams) throw new TypeError('A stream cannot be part of this value');
    if (kind !== undefined) return true;
    // What says itself how it is serialised has other places afterwards.
    if (!isContainer(value) || typeof value['toJSON'] === 'function') return false;
    const state = this.#states.get(value);
    if (state === 'open') this.#cyclic = true;
    return state === undefined ? this.#enter(value) : state === 'holding';
  }

  #enter(value: Container): boolean {
    this.#states.set(value, 'open');
    let holding = false;
    for (const child of Array.isArray(value) ? value : Object.values(value)) {
      if (this.visit(child)) holding = true;
    }
    this.#states.set(value, holding ? 'holding' : 'empty');
    return holding;
  }

  /**
   * Whether a container has to be copied. In a cyclic value all have to: any of them may lead back to one that holds
   * something. One that is new here came from a getter, which may give another at each time.
   */
  affects(value: object): value is Container {
    if (!this.#states.has(value)) this.visit(value);
    const state = this.#states.get(value);
    return this.#cyclic ? state !== undefined : state === 'holding';
  }
}

interface Place {
  readonly path: Path;
  readonly source: object;
}

interface BytesPlace extends Place {
  readonly type: BytesType;
}

/** Copies a value along the paths to what is taken out of it. */
class Extraction {
  readonly #survey: Survey;
  readonly #copyAll: boolean;
  readonly #path: (string | number)[] = [];
  readonly #bytes: BytesPlace[] = [];
  readonly #streams: Place[] = [];
  readonly #copies = new Map<object, Container>();

  constructor(survey: Survey, copyAll: boolean) {
    this.#survey = survey;
    this.#copyAll = copyAll;
  }

  of(whole: object): Detached | Promise<Detached> {
    const value = this.#without(whole);
    const streams = this.#streams;
    const inMemory = (place: BytesPlace): Section => sectionOf(place, memoryOf(place, this.#copyAll));
    if (!this.#bytes.some(isBlob)) return { value, sections: this.#bytes.map(inMemory), streams };
    // Async for each, so that one that throws leaves no reading behind whose failure nobody sees.
    const reading = this.#bytes.map(async (place) =>
      isBlob(place) ? sectionOf(place, await read(place)) : inMemory(place),
    );
    return Promise.all(reading).then(
      (sections) => ({ value, sections, streams }),
      (cause) => {
        for (const { source } of streams) void giveUp(source as StreamSource<unknown>);
        throw cause;
      },
    );
  }

  #without(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const type = kindOf(value);
    if (type !== undefined) {
      const place = { path: [...this.#path], source: value };
      if (type === 'stream') this.#streams.push(place);
      else this.#bytes.push({ ...place, type });
      return null;
    }
    if (!this.#survey.affects(value)) return value;
    return this.#copies.get(value) ?? this.#copyOf(value);
  }

  #copyOf(value: Container): Container {
    const copy = shallowCopy(value);
    // A value that is not cyclic may become JSON, in which an object that stands twice is two: each has its own places.
    if (this.#survey.cyclic) this.#copies.set(value, copy);
    const entries = Array.isArray(copy) ? copy.entries() : Object.entries(copy);
    for (const [key, child] of entries) {
      this.#path.push(key);
      const rest = this.#without(child);
      // The key is the copy's own, so this cannot reach a setter such as that of `__proto__`.
      if (rest !== child) copy[key] = rest;
      this.#path.pop();
    }
    return copy;
  }
}

/** Getters are asked once, holes stay holes. */
function shallowCopy(value: Container): Container {
  if (Array.isArray(value)) return value.slice() as unknown as Container;
  return Object.getPrototypeOf(value) === null ? Object.assign(Object.create(null), value) : { ...value };
}

function isBlob({ type }: BytesPlace): boolean {
  return type === 'blob' || type === 'file';
}

/** Nobody is going to read it. */
async function giveUp(source: StreamSource<unknown>): Promise<void> {
  try {
    await iterate(source).return?.();
  } catch {
    // Whoever made it wants to hear of its end, not to be heard about it.
  }
}

async function read({ source }: Place): Promise<Uint8Array> {
  return new Uint8Array(await (source as Blob).arrayBuffer());
}

function memoryOf({ source, type }: BytesPlace, copyAll: boolean): Uint8Array {
  const view = viewOf(source, type);
  return copyAll || view.length <= copiedBytes ? view.slice() : view;
}

/** Always a plain one: what `slice` does is not the same for a Buffer. */
function viewOf(source: object, type: BytesType): Uint8Array {
  if (type === 'buffer') return new Uint8Array(source as ArrayBuffer);
  const { buffer, byteOffset, byteLength } = source as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sectionOf({ path, source, type }: BytesPlace, data: Uint8Array): Section {
  if (type === 'u8' || type === 'buffer') return { row: [path, type, data.length], data };
  const mime = (source as Blob).type;
  if (type === 'blob') return { row: [path, type, data.length, mime], data };
  const { name, lastModified } = source as File;
  // A file may say any number, the row only whole ones since 1970.
  const modified = Math.min(Math.max(0, Math.trunc(lastModified)), Number.MAX_SAFE_INTEGER) || 0;
  return { row: [path, type, data.length, mime, name, modified], data };
}
