import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeCodes, goneReasons } from '../../src/wire/close-codes.ts';
import { isControl } from '../../src/wire/control.ts';
import { parseFrame } from '../../src/wire/frame.ts';
import { isMessage } from '../../src/wire/message.ts';
import { helloFrame, secretOf, welcomeFrame } from '../harness/frames.ts';

/** What is no count: not a number, not whole, negative, or past 2^53 - 1. */
const noCount = fc.oneof(
  fc.constantFrom<unknown>(null, true, '1', [], {}, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53),
  fc.integer({ max: -1 }),
  fc.double({ noInteger: true }),
);
const noId = fc.oneof(noCount, fc.constant(0));
/** Negative ids name streams inside values, in some kinds. */
const noStreamId = fc.oneof(
  noCount.filter((it) => !Number.isSafeInteger(it)),
  fc.constantFrom(0, -(2 ** 53)),
);
const noText = fc.constantFrom<unknown>(null, 1, true, [], {});
const noObject = fc.constantFrom<unknown>(null, 1, 'x', true, []);

/** One message of each kind, at its longest, and for each element what it must not be. */
const messages: readonly {
  full: readonly unknown[];
  least: number;
  wrong: (fc.Arbitrary<unknown> | null)[];
}[] = [
  ...[1, 2, 3].map((kind) => ({
    full: [kind, 1, 'a.b', 5, { timeout: 1, after: 'e' }],
    least: 3,
    wrong: [noId, noText, null, noObject],
  })),
  { full: [4, 1, 5, { void: 1 }], least: 2, wrong: [noId, null, noObject] },
  { full: [5, 1, {}], least: 3, wrong: [noStreamId, null] },
  { full: [6, 1], least: 2, wrong: [noId] },
  {
    full: [7, 1, 5, 'e', {}],
    least: 2,
    wrong: [noStreamId, null, fc.constantFrom(1, {}, true, []), noObject],
  },
  { full: [8, 1, 5, {}], least: 2, wrong: [noStreamId, null, noObject] },
  { full: [9, 1], least: 2, wrong: [noStreamId] },
  { full: [10, 1, 1, 1, 1], least: 3, wrong: [noStreamId, noCount, noCount, noCount] },
  { full: [11, 1, 'e'], least: 3, wrong: [noId, noText] },
  { full: [12, 1, 'dropped', 3], least: 3, wrong: [noStreamId, noText, noCount] },
];

describe('isMessage', () => {
  it('accepts each kind at every length that it may have', () => {
    for (const { full, least } of messages) {
      for (let length = 2; length <= full.length; length++) {
        expect(isMessage(full.slice(0, length)), JSON.stringify(full.slice(0, length))).toBe(length >= least);
      }
    }
  });

  it('rejects each kind when it is longer than its shape', () => {
    for (const { full } of messages) expect(isMessage([...full, null]), JSON.stringify(full)).toBe(false);
  });

  it('rejects each kind when one element is of a wrong type', () => {
    const mutated = fc.constantFrom(...messages).chain(({ full, wrong }) => {
      const spots = wrong.flatMap((arbitrary, i) => (arbitrary === null ? [] : [{ at: i + 1, arbitrary }]));
      return fc
        .constantFrom(...spots)
        .chain(({ at, arbitrary }) => arbitrary.map((it) => full.map((was, i) => (i === at ? it : was))));
    });
    fc.assert(
      fc.property(mutated, (message) => {
        expect(isMessage(message)).toBe(false);
      }),
    );
  });

  it('takes a negative id, which is of a stream inside a value, in the kinds that such a stream has', () => {
    const ofStreams = new Set<unknown>([5, 7, 8, 9, 10, 12]);
    fc.assert(
      fc.property(
        fc.constantFrom(...messages),
        fc.integer({ min: -(2 ** 53) + 1, max: -1 }),
        ({ full }, id) => {
          expect(isMessage(full.map((it, i) => (i === 1 ? id : it)))).toBe(ofStreams.has(full[0]));
        },
      ),
    );
  });

  it('takes tables of bytes and streams where a value may hold them, and none that are wrong', () => {
    const right = {
      bytes: [
        [[], 'u8', 0],
        [['a', 0], 'file', 5, 'text/plain', 'a.txt', 1],
      ],
      streams: [[['s'], -1]],
    };
    expect(isMessage([1, 1, 'a', null, right])).toBe(true);
    expect(isMessage([4, 1, null, right])).toBe(true);
    expect(isMessage([7, 1, null, null, right])).toBe(true);
    const rows: readonly unknown[] = [
      null,
      [],
      [[], 'u8'],
      ['a', 'u8', 1],
      [[-1], 'u8', 1],
      [[1.5], 'u8', 1],
      [[null], 'u8', 1],
      [[], 'text', 1],
      [[], 'constructor', 1],
      [[], 'u8', -1],
      [[], 'u8', 1.5],
      [[], 'u8', 2 ** 53],
      [[], 'u8', 1, 'text/plain'],
      [[], 'blob', 1, 5],
      [[], 'blob', 1, 'text/plain', 'name'],
      [[], 'file', 1, 'text/plain', 5],
      [[], 'file', 1, 'text/plain', 'name', -1],
      [[], 'file', 1, 'text/plain', 'name', 1, 1],
    ];
    for (const row of rows)
      expect(isMessage([1, 1, 'a', null, { bytes: [row] }]), JSON.stringify(row)).toBe(false);
    const many = [2 ** 53 - 1, 1].map((length) => [[], 'u8', length]);
    expect(isMessage([1, 1, 'a', null, { bytes: many }])).toBe(false);
    for (const row of [null, [], [[]], [[], 1], [[], 0], [[], -1.5], [[], -1, 1], ['a', -1], [[{}], -1]]) {
      expect(isMessage([4, 1, null, { streams: [row] }]), JSON.stringify(row)).toBe(false);
    }
    for (const table of [null, {}, 'x', 1]) {
      expect(isMessage([4, 1, null, { streams: table }])).toBe(false);
      expect(isMessage([4, 1, null, { bytes: table }])).toBe(false);
    }
  });

  it('rejects options that are wrong inside', () => {
    fc.assert(
      fc.property(noCount, noText, fc.constantFrom(1, 2, 3), (timeout, after, kind) => {
        expect(isMessage([kind, 1, 'a', null, { timeout }])).toBe(false);
        expect(isMessage([kind, 1, 'a', null, { after }])).toBe(false);
      }),
    );
  });

  it('ignores unknown keys of options', () => {
    expect(isMessage([1, 1, 'a', null, { later: [1] }])).toBe(true);
  });

  it('rejects the kinds of features that this peer does not announce, and all others', () => {
    const kinds = fc.oneof(
      fc.constantFrom<unknown>(0, 13, 14, 15, -1, 1.5, '1', null, 'constructor', '__proto__'),
      fc.integer({ min: 13 }),
      fc.integer({ max: 0 }),
      fc.double({ noInteger: true }),
    );
    fc.assert(
      fc.property(kinds, (kind) => {
        expect(isMessage([kind, 1, 'a'])).toBe(false);
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    const anything = fc.anything({ withNullPrototype: true, withSparseArray: true, withBigInt: true });
    const tuple = fc.tuple(fc.integer({ min: 0, max: 16 }), anything, anything, anything, anything);
    fc.assert(
      fc.property(fc.oneof(anything, tuple), (it) => {
        expect(typeof isMessage(it)).toBe('boolean');
      }),
      { numRuns: 1000 },
    );
  });
});

const isRight = (frame: readonly unknown[]): boolean => isControl(frame);

describe('isControl', () => {
  it('accepts every control frame of the page', () => {
    expect(isRight(helloFrame())).toBe(true);
    expect(isRight(helloFrame({ mode: 'resume', sent: 3, received: 4, server: 'K', params: {} }))).toBe(true);
    expect(isRight(welcomeFrame())).toBe(true);
    expect(isRight(welcomeFrame({ limits: {}, features: ['later'] }))).toBe(true);
    expect(isRight(welcomeFrame({ limits: { unheardOf: 'x' } }))).toBe(true);
    for (const reason of goneReasons) expect(isRight(['gone', reason])).toBe(true);
    for (const name of ['ack', 'ping', 'pong']) expect(isRight([name, 0, 1])).toBe(true);
    for (const name of Object.keys(closeCodes)) {
      expect(isRight(['bye', name])).toBe(true);
      expect(isRight(['bye', name, { message: 'm' }])).toBe(true);
    }
  });

  it('rejects a hello with one field of a wrong type, or missing', () => {
    const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
      mode: fc.constantFrom<unknown>(undefined, 'reopen', 1, null, 'constructor'),
      secret: fc.oneof(noText, fc.constantFrom('', 's', `${secretOf('s')}x`, `${secretOf('s').slice(1)}=`)),
      dial: fc.oneof(noCount, fc.constant(0), fc.constant(undefined)),
      sent: fc.oneof(noCount, fc.constant(undefined), fc.integer({ min: 1 })),
      received: fc.oneof(noCount, fc.constant(undefined), fc.integer({ min: 1 })),
      params: noObject,
      server: noText,
      features: fc.constantFrom<unknown>(null, 1, 'bytes', {}, [1], [null]),
    };
    const [, right] = helloFrame() as [string, object];
    const mutation = fc
      .constantFrom(...Object.keys(fields))
      .chain((name) => (fields[name] ?? fc.constant(1)).map((it) => ({ [name]: it })));
    fc.assert(
      fc.property(mutation, (it) => {
        expect(isRight(['hello', { ...right, ...it }])).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('rejects a welcome with one field of a wrong type, or missing', () => {
    const [, right] = welcomeFrame() as [string, object];
    const fields: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
      session: fc.oneof(noText, fc.constant(undefined)),
      server: fc.oneof(noText, fc.constant(undefined)),
      resumed: fc.constantFrom<unknown>(undefined, null, 0, 'false'),
      sent: fc.oneof(noCount, fc.constant(undefined)),
      received: fc.oneof(noCount, fc.constant(undefined)),
      limits: fc.oneof(
        noObject,
        fc.constant(undefined),
        noCount.map((it) => ({ calls: it })),
      ),
      features: fc.constantFrom<unknown>(null, 1, 'bytes', {}, [1]),
    };
    const mutation = fc
      .constantFrom(...Object.keys(fields))
      .chain((name) => (fields[name] ?? fc.constant(1)).map((it) => ({ [name]: it })));
    fc.assert(
      fc.property(mutation, (it) => {
        expect(isRight(['welcome', { ...right, ...it }])).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('rejects wrong lengths, counts and names', () => {
    for (const frame of [
      helloFrame(),
      welcomeFrame(),
      ['gone', 'off'],
      ['ping', 0, 0],
      ['bye', 'closed', 0],
    ]) {
      expect(isRight([...frame, 1]), JSON.stringify(frame)).toBe(false);
      expect(isRight(frame.slice(0, 1)), JSON.stringify(frame)).toBe(false);
    }
    fc.assert(
      fc.property(fc.constantFrom('ack', 'ping', 'pong'), noCount, (name, it) => {
        expect(isRight([name, it, 0])).toBe(false);
        expect(isRight([name, 0, it])).toBe(false);
      }),
    );
    for (const name of ['', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 1, null]) {
      expect(isRight(['gone', name])).toBe(false);
      expect(isRight(['bye', name])).toBe(false);
    }
  });

  it('rejects names that are none, those of every object among them', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('constructor', '__proto__', 'toString', 'valueOf'));
    const none = names.filter(
      (it) => !['hello', 'welcome', 'gone', 'ack', 'ping', 'pong', 'bye'].includes(it),
    );
    fc.assert(
      fc.property(none, fc.anything(), (name, it) => {
        expect(isRight([name, it, 0])).toBe(false);
      }),
    );
  });

  it('never throws, whatever follows the name', () => {
    const name = fc.constantFrom('hello', 'welcome', 'gone', 'ack', 'ping', 'pong', 'bye');
    fc.assert(
      fc.property(name, fc.anything({ withNullPrototype: true }), fc.anything(), (it, a, b) => {
        expect(typeof isRight([it, a, b])).toBe('boolean');
        expect(typeof isRight([it, a])).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseFrame', () => {
  it('gives arrays that hold something, and nothing else', () => {
    expect(parseFrame('[1]')).toEqual([1]);
    for (const text of ['', '[', '[]', '{}', 'null', '1', '"x"', '[1],', '\u0000', 'undefined']) {
      expect(parseFrame(text), text).toBeUndefined();
    }
  });

  it('never throws, not even at a depth that no parser takes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseFrame(text)));
    expect(parseFrame('['.repeat(20_000))).toBeUndefined();
    expect(() => parseFrame(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)).not.toThrow();
  });
});
