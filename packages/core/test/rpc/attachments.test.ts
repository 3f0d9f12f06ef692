import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import superjson from 'superjson';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Detached } from '../../src/rpc/attachments.ts';
import { attach, detach, materialise } from '../../src/rpc/attachments.ts';
import type { BytesRow, Path } from '../../src/wire/attachment-rows.ts';
import { isBytesTable, isStreamTable, sectionBytes } from '../../src/wire/attachment-rows.ts';

const views = { streams: true, copy: false };
const bytes = (...of: number[]): Uint8Array<ArrayBuffer> => Uint8Array.of(...of);

/** What is taken out of a value that holds no Blob. */
function detached(value: unknown, options = views): Detached {
  const out = detach(value, options);
  if (out === undefined || out instanceof Promise) throw new Error('expected something, and at once');
  return out;
}

/** What the other end makes of a value, its JSON and its sections having travelled. */
function arrived({ value, sections }: Detached, travel = (it: unknown): unknown => it): unknown {
  const rows: unknown = JSON.parse(JSON.stringify(sections.map(({ row }) => row)));
  if (!isBytesTable(rows)) throw new Error('expected a table');
  const found = rows.map((row, i) => {
    const data = sections[i]?.data.slice() ?? bytes();
    expect(row[2]).toBe(data.length);
    return { path: row[0], value: materialise(row, data) };
  });
  return attach(travel(value), found);
}

const throughJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const throughSuperjson = (value: unknown): unknown =>
  superjson.deserialize(throughJson(superjson.serialize(value)) as never);

const paths = ({ sections }: Detached): Path[] => sections.map(({ row }) => row[0]);

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  Object.freeze(value);
  Object.values(value).forEach(deepFreeze);
}

/** Nested values as JSON keeps them, with bytes anywhere. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(
      fc.integer(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.uint8Array({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 5 }).map((it) => it.slice().buffer),
    ),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.string({ unit: 'binary' }), tie('tree'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return true;
  return Object.values(value).some(holdsBytes);
}

describe('a value with bytes', () => {
  it('arrives as it was, and stays as it was', () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (value, copy) => {
        deepFreeze(value);
        const out = detach(value, { streams: false, copy });
        expect(out !== undefined).toBe(holdsBytes(value));
        if (out === undefined || out instanceof Promise) return;
        expect(arrived(out, throughJson)).toStrictEqual(value);
      }),
    );
  });

  it('may be the bytes alone', () => {
    const out = detached(bytes(1, 2));
    expect(out.value).toBeNull();
    expect(out.sections[0]?.row).toStrictEqual([[], 'u8', 2]);
    expect(arrived(out, throughJson)).toStrictEqual(bytes(1, 2));
  });

  it('lists them in the order of the walk, and shares what is on no path', () => {
    const plain = { deep: [1] };
    const value = { b: [bytes(1), { x: bytes(2) }], plain, a: bytes(3).buffer };
    const out = detached(value);
    expect(paths(out)).toStrictEqual([['b', 0], ['b', 1, 'x'], ['a']]);
    expect((out.value as typeof value).plain).toBe(plain);
    expect(out.value).toStrictEqual({ b: [null, { x: null }], plain, a: null });
  });

  it('gives each place its own when an object stands twice', () => {
    const shared = { data: bytes(1) };
    const out = detached({ a: shared, b: shared });
    expect(paths(out)).toStrictEqual([
      ['a', 'data'],
      ['b', 'data'],
    ]);
    expect(arrived(out, throughJson)).toStrictEqual({ a: shared, b: shared });
  });

  it('keeps the prototype that is none, and holes', () => {
    const bare: unknown = Object.assign(Object.create(null), { data: bytes(1) });
    const holes: unknown[] = [bytes(1)];
    holes[2] = 1;
    const { value } = detached([bare, holes]) as { value: [object, unknown[]] };
    expect(Object.getPrototypeOf(value[0])).toBeNull();
    expect(1 in value[1]).toBe(false);
  });

  it('is asked for what a getter gives only in a way that leaves no bytes behind', () => {
    const value = {
      get fresh() {
        return { data: bytes(7) };
      },
    };
    const out = detached(value);
    expect(out.value).toStrictEqual({ fresh: { data: null } });
    expect(arrived(out, throughJson)).toStrictEqual({ fresh: { data: bytes(7) } });
  });

  it.each([
    ['a Buffer from the pool', Buffer.from('abc')],
    ['a part of a larger memory', new Uint8Array([0, 97, 98, 99, 0]).subarray(1, 4)],
    ['bytes of another realm', runInNewContext('Uint8Array.of(97, 98, 99)') as Uint8Array],
  ])('takes %s for a plain Uint8Array', (_, source) => {
    const { row, data } = detached(source).sections[0] ?? {};
    expect(row).toStrictEqual([[], 'u8', 3]);
    expect(data).toStrictEqual(bytes(97, 98, 99));
    expect(data?.buffer.byteLength).toBe(3);
  });
});

describe('the memory of bytes', () => {
  const small = new Uint8Array(65_536);
  const large = new Uint8Array(65_537);

  it.each([
    ['small ones are copied', small, false, false],
    ['large ones are views', large, false, true],
    ['unless all are to be copied', large, true, false],
  ])('%s', (_, source, copy, same) => {
    for (const value of [source, source.buffer]) {
      const data = detached(value, { streams: false, copy }).sections[0]?.data;
      expect(data?.buffer === source.buffer).toBe(same);
    }
  });

  it('is refused when it was given away', () => {
    const gone = bytes(1);
    structuredClone(gone, { transfer: [gone.buffer] });
    expect(() => detach(gone, views)).toThrow(TypeError);
  });
});

describe('blobs and files', () => {
  const file = new File([bytes(1, 2)], 'a.txt', { type: 'text/plain', lastModified: 5 });

  afterEach(() => void vi.unstubAllGlobals());

  it('are read, and keep their places among the other bytes', async () => {
    const out = await detach([file, bytes(9), new Blob([bytes(3)])], views);
    if (out === undefined) throw new Error('expected something');
    expect(out.value).toStrictEqual([null, null, null]);
    expect(out.sections).toStrictEqual([
      { row: [[0], 'file', 2, 'text/plain', 'a.txt', 5], data: bytes(1, 2) },
      { row: [[1], 'u8', 1], data: bytes(9) },
      { row: [[2], 'blob', 1, ''], data: bytes(3) },
    ]);
  });

  it('are made again', async () => {
    const out = await detach({ file, blob: new Blob(['x'], { type: 'a/b' }) }, views);
    const back = arrived(out as Detached, throughJson) as { file: File; blob: Blob };
    expect(back.file).toBeInstanceOf(File);
    expect([back.file.name, back.file.type, back.file.lastModified]).toStrictEqual([
      'a.txt',
      'text/plain',
      5,
    ]);
    expect(new Uint8Array(await back.file.arrayBuffer())).toStrictEqual(bytes(1, 2));
    expect(back.blob).not.toBeInstanceOf(File);
    expect([back.blob.type, await back.blob.text()]).toStrictEqual(['a/b', 'x']);
  });

  it('say a time that the wire has room for', async () => {
    for (const [lastModified, modified] of [
      [-5, 0],
      [1.5, 1],
      [Number.NaN, 0],
    ]) {
      const odd = Object.defineProperty(new File([], 'x'), 'lastModified', { value: lastModified });
      const out = await detach(odd, views);
      expect(out?.sections[0]?.row[5]).toBe(modified);
      expect(isBytesTable(out?.sections.map(({ row }) => row))).toBe(true);
    }
  });

  it('are blobs that know their name where there is no File', async () => {
    const row: BytesRow = [[], 'file', 1, 'text/plain', 'a.txt', 5];
    vi.stubGlobal('File', undefined);
    const made = materialise(row, bytes(1));
    const out = await detach(made, views);
    expect(made).toBeInstanceOf(Blob);
    expect(out?.sections[0]?.row).toStrictEqual(row);
  });

  it('that cannot be read reject, also beside bytes that cannot', async () => {
    const broken = Object.defineProperty(new Blob(['x']), 'arrayBuffer', {
      value: () => Promise.reject(new Error('gone')),
    });
    const gone = bytes(1);
    structuredClone(gone, { transfer: [gone.buffer] });
    await expect(detach([broken], views)).rejects.toThrow('gone');
    await expect(detach([gone, broken], views)).rejects.toThrow(TypeError);
  });
});

describe('streams', () => {
  async function* numbers() {
    yield 1;
  }
  const byHand = { [Symbol.asyncIterator]: () => numbers() };
  const kinds: readonly (readonly [string, object])[] = [
    ['an async generator', numbers()],
    ['a plain object with an async iterator', byHand],
    ['a stream of Node', Readable.from([1])],
    ['a web stream', new ReadableStream()],
    ['a web stream without an async iterator', { getReader: () => undefined }],
  ];

  it.each(kinds)('%s is taken out', (_, source) => {
    expect(detached(source)).toStrictEqual({ value: null, sections: [], streams: [{ path: [], source }] });
    const out = detached({ a: [source, bytes(1)] });
    expect(out.value).toStrictEqual({ a: [null, null] });
    expect(out.streams).toStrictEqual([{ path: ['a', 0], source }]);
    expect(out.streams[0]?.source).toBe(source);
    expect(paths(out)).toStrictEqual([['a', 1]]);
  });

  it.each(kinds)('%s is refused where none may be', (_, source) => {
    const options = { streams: false, copy: true };
    for (const value of [source, { a: [new Blob(['x']), source] }]) {
      expect(() => detach(value, options)).toThrow(new TypeError('A stream cannot be part of this value'));
    }
  });
});

describe('a value with nothing to take out', () => {
  const many = Array.from({ length: 110_000 }, (_, id) => ({ id }));
  const deep = { depth: 0 } as { depth: number; next?: unknown };
  for (let depth = 1, at = deep; depth < 500; depth++) {
    const next = { depth };
    at.next = next;
    at = next;
  }

  it.each([
    ['primitives', [undefined, null, 1, 'a', true, 1n, Symbol.iterator, () => bytes(1)]],
    ['plain values', [{}, [], { a: [1, { b: null }] }, { getReader: 1 }]],
    [
      'what is the transformer’s',
      [new Date(), new Map([[1, bytes(1)]]), new Set([bytes(1)]), /a/, new URL('a:b')],
    ],
    ['numbers in memory that are no bytes', [new Float32Array(2), new DataView(new ArrayBuffer(1))]],
    ['what says itself how it is serialised', [{ data: bytes(1), toJSON: () => 1 }]],
    ['very many objects, and very deep ones', [many, deep]],
  ])('%s', (_, values) => {
    for (const value of values) expect(detach(value, views)).toBeUndefined();
    expect(detach(values, views)).toBeUndefined();
  });
});

describe('bytes beyond what is looked through at first', () => {
  it('are found in depth', () => {
    let value: unknown = bytes(1);
    for (let i = 0; i < 100; i++) value = [value];
    expect(arrived(detached(value), throughJson)).toStrictEqual(value);
  });

  it('are found behind many others', () => {
    const value = [...Array.from({ length: 110_000 }, () => ({})), bytes(1)];
    expect(paths(detached(value))).toStrictEqual([[110_000]]);
  });
});

describe('values in which objects are reached in many ways', () => {
  interface Node {
    readonly links: Node[];
    data?: unknown;
  }

  /** Each leads to each: there are more ways through it than a walk that remembers nothing could ever take. */
  function knot(size: number): Node[] {
    const nodes: Node[] = Array.from({ length: size }, () => ({ links: [] }));
    for (const node of nodes) node.links.push(...nodes);
    return nodes;
  }

  it('come to an end, with bytes and without', () => {
    const nodes = knot(50);
    expect(detach(nodes, views)).toBeUndefined();
    (nodes[40] as Node).data = bytes(1);
    expect(detached(nodes).sections).toHaveLength(1);
  });

  it('come to an end when they are nothing but a cycle', () => {
    const array: unknown[] = [];
    array.push(array);
    const object: Record<string, unknown> = {};
    object['self'] = object;
    expect(detach(array, views)).toBeUndefined();
    expect(detach(object, views)).toBeUndefined();
  });

  it.each<[string, (value: unknown) => unknown]>([
    ['arrays', (value) => [value, value]],
    ['objects', (value) => ({ one: value, other: value })],
  ])('are not walked once more for each way that leads to one: %s', (_, twice) => {
    let value: unknown = { leaf: true };
    for (let i = 0; i < 30; i++) value = twice(value);
    expect(detach(value, views)).toBeUndefined();
    expect(paths(detached({ value, data: bytes(1) }))).toStrictEqual([['data']]);
  });

  it('are copied with all that leads back', () => {
    const child: Record<string, unknown> = { data: bytes(1) };
    const parent = { children: [child], own: bytes(2) };
    child['parent'] = parent;
    const { value } = detached(parent) as { value: typeof parent };
    expect(value.children[0]?.['parent']).toBe(value);
    expect(value).toMatchObject({ own: null, children: [{ data: null }] });
    expect(parent.own).toStrictEqual(bytes(2));
  });

  it('arrive through superjson', () => {
    const [first, second] = knot(2) as [Node, Node];
    second.data = bytes(5);
    const back = arrived(detached(first), throughSuperjson) as Node;
    expect(back.links[0]).toBe(back);
    expect(back.links[1]?.data).toStrictEqual(bytes(5));
    expect(back.links[1]?.links[1]).toBe(back.links[1]);
  });
});

describe('through superjson', () => {
  it('all else is the transformer’s, and paths are those of the value before it', () => {
    const when = new Date(5);
    const value = {
      'a.b': [{ when, data: bytes(1) }],
      map: new Map([['at', when]]),
      none: undefined,
      last: bytes(2).buffer,
    };
    const out = detached(value);
    expect(paths(out)).toStrictEqual([['a.b', 0, 'data'], ['last']]);
    expect(arrived(out, throughSuperjson)).toStrictEqual(value);
  });

  it('an object that stands twice has its bytes twice', () => {
    const shared = { data: bytes(1), when: new Date(1) };
    expect(arrived(detached([shared, shared]), throughSuperjson)).toStrictEqual([shared, shared]);
  });
});

describe('paths of the other end', () => {
  const at = (value: unknown, ...path: (string | number)[]): unknown =>
    attach(value, [{ path, value: 'here' }]);

  it('lead to a null of a plain object or array, or to the whole value', () => {
    expect(at(null)).toBe('here');
    expect(at([{ a: null }], 0, 'a')).toStrictEqual([{ a: 'here' }]);
    expect(at({ '0': null }, '0')).toStrictEqual({ '0': 'here' });
    expect(attach({ a: 1 }, [])).toStrictEqual({ a: 1 });
  });

  it.each<[string, unknown, Path]>([
    ['a whole value that is something', { a: null }, []],
    ['undefined', undefined, []],
    ['a place that is something', { a: 0 }, ['a']],
    ['a place that is not there', {}, ['a']],
    ['a place behind null', { a: null }, ['a', 'b']],
    ['a place in a string', { a: 'text' }, ['a', 0]],
    ['an array’s name', [null], ['0']],
    ['an array’s length', [], ['length']],
    ['beyond an array', [null], [1]],
    ['before an array', [null], [-1]],
    ['between its places', [null], [0.5]],
    ['a hole', new Array(1), [0]],
    ['an object’s number', { 0: null }, [0]],
    ['the prototype', {}, ['__proto__']],
    ['what the prototype has', {}, ['__proto__', 'polluted']],
    ['the prototype of the prototype, which is null', {}, ['__proto__', '__proto__']],
    ['the constructor', {}, ['constructor', 'prototype', 'polluted']],
    ['the prototype of an array', [], ['__proto__', 'polluted']],
    ['a field of what the transformer made', { a: Object.assign(new Date(0), { b: null }) }, ['a', 'b']],
    ['a Map', { a: new Map([['b', null]]) }, ['a', 'b']],
  ])('do not lead to %s', (_, value, path) => {
    expect(() => attach(value, [{ path, value: 'here' }])).toThrow(TypeError);
    expect('polluted' in {}).toBe(false);
  });

  it('do not lead into the same place twice, nor into what was put', () => {
    const field = Object.assign(Object.create({}), { inner: null });
    const once = { path: ['a'], value: field };
    expect(() => attach({ a: null }, [once, once])).toThrow(TypeError);
    expect(() => attach({ a: null }, [once, { path: ['a', 'inner'], value: 1 }])).toThrow(TypeError);
    expect(field.inner).toBeNull();
  });

  it('reach an own field of that name without touching the prototype', () => {
    const value = JSON.parse('{"__proto__":{"data":null}}') as object;
    expect(at(value, '__proto__', 'data')).toBe(value);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"data":"here"}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    const out = detached(JSON.parse('{"__proto__":[]}', (key, it) => (key === '__proto__' ? bytes(1) : it)));
    expect(JSON.stringify(out.value)).toBe('{"__proto__":null}');
  });

  it('lead nowhere in any value but to its nulls', () => {
    const key = fc.oneof(
      fc.integer({ min: -1, max: 3 }),
      fc.constantFrom('a', 'b', '0', 'length', '__proto__'),
    );
    const json = fc.jsonValue({ maxDepth: 3 }).map(throughJson);
    fc.assert(
      fc.property(json, fc.array(key, { maxLength: 4 }), (value, path) => {
        const before = JSON.stringify(value);
        try {
          expect(JSON.stringify(at(value, ...path)).replace('"here"', 'null')).toBe(before);
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          expect(JSON.stringify(value)).toBe(before);
        }
      }),
    );
  });
});

describe('tables', () => {
  const most = Number.MAX_SAFE_INTEGER;

  it.each<[unknown]>([
    [[]],
    [[[[], 'u8', 0]]],
    [[[['a', 0, ''], 'buffer', most]]],
    [
      [
        [['a'], 'blob', 1],
        [['b'], 'blob', 1, ''],
      ],
    ],
    [
      [
        [['a'], 'file', 1],
        [['b'], 'file', 1, 'a/b'],
        [['c'], 'file', 1, '', 'x'],
        [['d'], 'file', 1, '', 'x', 0],
      ],
    ],
  ])('of bytes: %j', (table) => {
    expect(isBytesTable(table)).toBe(true);
  });

  it.each<[unknown]>([
    [undefined],
    [null],
    [{}],
    ['u8'],
    [[null]],
    [[[]]],
    [[['a', 'u8', 1]]],
    [[[[], 'u8']]],
    [[[[], 'u16', 1]]],
    [[[[], 'toString', 1]]],
    [[[[], ['u8'], 1]]],
    [[[[], 'u8', -1]]],
    [[[[], 'u8', 0.5]]],
    [[[[], 'u8', '1']]],
    [[[[], 'u8', most + 1]]],
    [
      [
        [[], 'u8', most],
        [['a'], 'u8', 1],
      ],
    ],
    [[[[], 'u8', 1, 'a/b']]],
    [[[[], 'blob', 1, null]]],
    [[[[], 'blob', 1, '', 'x']]],
    [[[[], 'file', 1, '', 5]]],
    [[[[], 'file', 1, '', 'x', -1]]],
    [[[[], 'file', 1, '', 'x', 0, 0]]],
    [[[[-1], 'u8', 1]]],
    [[[[0.5], 'u8', 1]]],
    [[[[null], 'u8', 1]]],
  ])('of no bytes: %j', (table) => {
    expect(isBytesTable(table)).toBe(false);
  });

  it('of bytes add up', () => {
    expect(sectionBytes([])).toBe(0);
    expect(
      sectionBytes([
        [[], 'u8', 2],
        [['a'], 'buffer', 3],
      ]),
    ).toBe(5);
  });

  it('of streams', () => {
    for (const table of [[], [[[], -1]], [[['a', 0], -most]]]) expect(isStreamTable(table)).toBe(true);
    const none = [undefined, null, {}, [null], [[]], [[[], 0]], [[[], 1]], [[[], -0.5]], [[[], -most - 1]]];
    for (const table of [...none, [[[], '-1']], [['a', -1]], [[[], -1, 0]], [[[-1], -1]]]) {
      expect(isStreamTable(table)).toBe(false);
    }
  });
});
