import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outgoing } from '../../src/session/outgoing.ts';
import { socketBufferBytes } from '../../src/session/ports.ts';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import { binaryFrame, binaryText, bytes, bytesOf } from '../harness/binary-frames.ts';
import { expectClosed } from '../harness/expect-closed.ts';
import type { Frame, Json } from '../harness/frames.ts';
import { helloFrame } from '../harness/frames.ts';
import { present } from '../harness/present.ts';
import { withServer } from '../harness/server-bench.ts';
import { SessionBench } from '../harness/session-bench.ts';
import type { Heard } from '../harness/witness.ts';
import { Witness } from '../harness/witness.ts';

/** A table of byte sections at the top of a list. */
const table = (sections: readonly Uint8Array[]): Json =>
  sections.map(({ length }, index) => [[index], 'u8', length]);

const call = (id: number, ...sections: readonly Uint8Array[]): Frame => [
  1,
  id,
  'a',
  null,
  { bytes: table(sections) },
];
const item = (id: number, ...sections: readonly Uint8Array[]): Frame => [
  7,
  id,
  null,
  null,
  { bytes: table(sections) },
];

const outgoing = (message: Frame, ...sections: readonly Uint8Array[]): Outgoing =>
  new Outgoing(JSON.stringify(message), sections);

/** What a session sent, as a reader hears it that knows the page alone. */
function heard({ socket }: SessionBench): readonly Heard[] {
  const witness = new Witness();
  return socket.sent.map((data) => witness.hear(data));
}

/** Gives to one session what another sent, and answers what was handed on there. */
function handedOn(from: SessionBench): SessionBench {
  const to = SessionBench.open();
  for (const data of from.socket.sent) to.session.receive(data);
  to.flush();
  expect(to.ends).toEqual([]);
  return to;
}

describe('messages with byte sections', () => {
  const section = fc.uint8Array({ maxLength: 40 });
  const sections = fc.array(section, { maxLength: 4 });
  const text = fc.string({ unit: 'grapheme', maxLength: 20 });

  it('make one binary frame with the others of their turn, and arrive with their own sections', () => {
    const messages = fc.array(fc.record({ text, sections }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(messages, (all) => {
        const bench = SessionBench.open();
        const sent = all.map(
          (it, i): Frame => [
            1,
            i + 1,
            it.text,
            null,
            ...(it.sections.length > 0 ? [{ bytes: table(it.sections) }] : []),
          ],
        );
        sent.forEach((message, i) => {
          bench.session.send(outgoing(message, ...present(all[i]).sections), 'call');
        });
        bench.flush();
        const any = all.some((it) => it.sections.length > 0);
        expect(bench.socket.sent.map((data) => typeof data)).toEqual([any ? 'object' : 'string']);
        expect(heard(bench)).toEqual([{ frame: sent, sections: all.flatMap((it) => it.sections) }]);
        const other = handedOn(bench);
        expect(other.handed).toEqual(sent);
        expect(other.arrivals.map((it) => it.sections)).toEqual(all.map((it) => it.sections));
        expect(other.arrivals.some((it) => it.inParts)).toBe(false);
      }),
    );
  });

  it('of no bytes at all arrive with their empty sections', () => {
    const bench = SessionBench.open();
    const none = new Uint8Array(0);
    bench.session.send(outgoing(call(1, none, none), none, none), 'call');
    bench.flush();
    expect(handedOn(bench).arrivals.map((it) => it.sections)).toEqual([[none, none]]);
  });

  it('carry the acknowledgement that is due, and are one counted frame', () => {
    const bench = SessionBench.open({ window: 60_000 });
    for (let id = 1; id <= 128; id++) bench.hears([[4, id, 'x']]);
    bench.session.send(outgoing(call(1, bytes(9)), bytes(9)), 'call');
    bench.flush();
    expect(heard(bench)).toEqual([{ frame: [128, call(1, bytes(9))], sections: [bytes(9)] }]);
    expect(bench.session.counts.sent).toBe(1);
  });

  it('own their memory: neither the frame nor what it lies in is kept', () => {
    const bench = SessionBench.open();
    const pool = new Uint8Array(1000);
    const frame = binaryFrame([item(1, bytes(4), bytes(5))], bytes(4), bytes(5));
    pool.set(frame, 100);
    bench.session.receive(pool.subarray(100, 100 + frame.length));
    pool.fill(255);
    const [arrival] = bench.arrivals;
    expect(arrival?.sections).toEqual([bytes(4), bytes(5)]);
    for (const it of present(arrival).sections) expect(it.buffer.byteLength).toBe(it.length);
  });

  it('are divided into frames of about 64 KiB by characters and bytes together', () => {
    const bench = SessionBench.open();
    for (let id = 1; id <= 20; id++)
      bench.session.send(outgoing(call(id, bytes(20_000)), bytes(20_000)), 'call');
    bench.flush();
    expect(bench.socket.sent.length).toBeGreaterThan(1);
    for (const data of bench.socket.sent) expect(data.length).toBeLessThanOrEqual(65_536 + 5);
    expect(handedOn(bench).handed.map(([, id]) => id)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('are counted by what they are, in bytes, where an acknowledgement is due for bytes', () => {
    const bench = SessionBench.open({ window: 60_000 });
    bench.session.receive(binaryFrame([item(1, bytes(60_000))], bytes(60_000)));
    bench.session.receive(binaryFrame([item(1, bytes(6000))], bytes(6000)));
    expect(bench.flush()).toEqual([['ack', 0, 2]]);
  });

  it('wait for a socket that is full, and are kept and sent again as they were', () => {
    const bench = SessionBench.open({ window: 60_000 });
    bench.socket.buffered = socketBufferBytes;
    bench.session.send(outgoing(call(1, bytes(9)), bytes(9)), 'call');
    bench.flush();
    expect(bench.socket.sent).toEqual([]);
    bench.socket.buffered = 0;
    bench.session.drained();
    bench.flush();
    bench.session.detach();
    const line = { resumed: true, sent: 0, received: 0 };
    bench.session.attach(bench.socket, { ...defaultLimits, window: 60_000 }, line);
    bench.flush();
    expect(bench.socket.sent).toHaveLength(2);
    expect(bench.socket.sent[1]).toEqual(bench.socket.sent[0]);
    expect(bench.session.counts.sent).toBe(1);
  });

  it('are in no frame once they were withdrawn', () => {
    const bench = SessionBench.open();
    const gone = outgoing(call(1, bytes(9)), bytes(9));
    bench.session.send(gone, 'call');
    bench.session.send('[4,2]', 'reply');
    bench.session.withdraw(gone, 'call');
    expect(bench.flush()).toEqual([[[4, 2]]]);
    expect(gone.state).toBe('withdrawn');
  });

  it('leave early within the allowance, counted with their heads and sections', () => {
    const length = fc.integer({ min: 0, max: 9000 });
    const units = fc.constantFrom('x', '…', '😀');
    fc.assert(
      fc.property(fc.array(fc.tuple(length, units, length), { maxLength: 40 }), (all) => {
        const bench = new SessionBench();
        bench.session.attachEarly(bench.socket);
        all.forEach(([chars, unit, size], i) => {
          const message: Frame = [1, i + 1, unit.repeat(chars / 3), null, { bytes: table([bytes(size)]) }];
          bench.session.send(outgoing(message, bytes(size)), 'call');
          if (i % 3 === 0) bench.flush();
        });
        bench.flush();
        expect(bench.socket.sent.length).toBeLessThanOrEqual(16);
        const early = bench.socket.sent.reduce((sum, data) => sum + bytesOf(data), 0);
        expect(early).toBeLessThanOrEqual(65_536);
        bench.session.attach(bench.socket, defaultLimits, { resumed: false, sent: 0, received: 0 });
        bench.flush();
        const ids = heard(bench).flatMap(({ frame }) => frame.map((message) => (message as Frame)[1]));
        expect(ids).toEqual(all.map((_, i) => i + 1));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a binary frame that breaks section 10', () => {
  const right = call(1, bytes(3));
  const one = (...rows: readonly Json[]): Frame => [[1, 1, 'a', null, { bytes: rows }]];
  const frames: Readonly<Record<string, readonly [Uint8Array, CloseName]>> = {
    'of no byte': [new Uint8Array(0), 'malformed'],
    'of a kind that there is not': [Uint8Array.of(0, 0, 0, 0, 2, 91, 93), 'malformed'],
    'of another kind that there is not': [Uint8Array.of(3, 0, 0, 0, 1, 0), 'malformed'],
    'whose head is cut short': [Uint8Array.of(1, 0, 0, 0), 'malformed'],
    'whose text is longer than the frame': [
      Uint8Array.of(1, 0, 0, 0, 8, 91, 91, 52, 44, 49, 93, 93),
      'malformed',
    ],
    'whose text is longer than any frame': [Uint8Array.of(1, 255, 255, 255, 255, 91, 93), 'malformed'],
    'whose text is no UTF-8': [
      Uint8Array.of(1, 0, 0, 0, 11, ...[91, 91, 52, 44, 49, 44, 34, 255, 34, 93, 93]),
      'malformed',
    ],
    'whose text begins with a byte order mark': [binaryText('\ufeff[[4,1]]'), 'malformed'],
    'without a text': [binaryText(''), 'malformed'],
    'whose text is no JSON': [binaryText('[[4,1]'), 'malformed'],
    'whose text is a control frame': [binaryText('["ping",0,0]'), 'malformed'],
    'without a message': [binaryText('[0]'), 'malformed'],
    'whose messages have no shape': [binaryFrame([right, [99, 1]], bytes(3)), 'malformed'],
    'whose sections are too short': [binaryFrame([right], bytes(2)), 'malformed'],
    'whose sections are too long': [binaryFrame([right], bytes(4)), 'malformed'],
    'that has sections and no table': [binaryFrame([[4, 1, 'x']], bytes(1)), 'malformed'],
    'whose tables fit the frame in number, but not in length': [
      binaryFrame([right, call(2, bytes(4))], bytes(3), bytes(3)),
      'malformed',
    ],
    'whose table is none': [binaryFrame([[1, 1, 'a', null, { bytes: {} }]]), 'malformed'],
    'whose rows have a type that there is not': [binaryFrame(one([[], 'u16', 1]), bytes(1)), 'malformed'],
    'whose rows have no length': [binaryFrame(one([[], 'u8']), bytes(0)), 'malformed'],
    'whose rows have a negative length': [
      binaryFrame(one([[], 'u8', 2], [[], 'u8', -1]), bytes(1)),
      'malformed',
    ],
    'whose lengths have no sum': [
      binaryFrame(one([[], 'u8', 2 ** 53 - 1], [[], 'u8', 1]), bytes(1)),
      'malformed',
    ],
    'whose message has more sections than a value may': [
      binaryFrame([call(1, bytes(101))], bytes(101)),
      'too-large',
    ],
    'whose message is larger than one may be': [binaryFrame([[4, 1, 'x'.repeat(20_000)]]), 'too-large'],
    'that is larger than a frame may be': [binaryFrame([[4, 1, 'x'.repeat(70_000)]]), 'too-large'],
  };
  for (const [what, [data, name]] of Object.entries(frames)) {
    it(`${what} is a violation, and none of its messages is carried out`, () => {
      const bench = SessionBench.open({ valueBytes: 100, messageBytes: 16_384, frameBytes: 65_536 });
      bench.session.receive(data);
      expectClosed(bench.socket, name);
      expect(bench.ends).toEqual([{ name }]);
      expect(bench.handed).toEqual([]);
      expect(bench.session.counts.received).toBe(0);
    });
  }

  it('by a table in a text frame, which has no sections, is a violation', () => {
    const bench = SessionBench.open();
    bench.hears([right]);
    expectClosed(bench.socket, 'malformed');
    expect(bench.handed).toEqual([]);
  });

  it('in sum only is none: sections are bound by message', () => {
    const bench = SessionBench.open({ valueBytes: 100 });
    bench.session.receive(binaryFrame([call(1, bytes(60)), call(2, bytes(60))], bytes(60), bytes(60)));
    expect(bench.ends).toEqual([]);
    expect(bench.handed).toHaveLength(2);
  });

  it('never makes a session throw, whatever the bytes are', () => {
    const head = fc.constantFrom([], [1], [1, 0, 0, 0], [2], [2, 1, 0, 0, 0, 1, 0, 0, 0]);
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 60 }), (start, rest) => {
        const bench = SessionBench.open();
        bench.session.receive(Uint8Array.from([...start, ...rest]));
        expect(bench.handed).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('limits of bytes', () => {
  it(
    'that are lower than the defaults do not hold for what left early',
    withServer({ limits: { valueBytes: 1000 }, handlers: { a: () => 'ran' } }, async (bench) => {
      const socket = bench.visit();
      socket.says(helloFrame());
      socket.saysRaw(binaryFrame([call(1, bytes(4000))], bytes(4000)));
      await bench.settle();
      expect(bench.messages(socket)).toEqual([[4, 1, 'ran']]);
      await bench.says(socket, ['ack', 1, 1]);
      socket.saysRaw(binaryFrame([call(2, bytes(1001))], bytes(1001)));
      await bench.settle();
      expectClosed(socket, 'too-large');
    }),
  );

  it('turn away what leaves after them', () => {
    const bench = SessionBench.open({ valueBytes: 100 });
    expect(bench.session.admits(outgoing(call(1, bytes(100)), bytes(100)))).toBe(true);
    expect(bench.session.admits(outgoing(call(1, bytes(101)), bytes(101)))).toBe(false);
    expect(bench.session.admits(outgoing(call(1, bytes(60), bytes(60)), bytes(60), bytes(60)))).toBe(false);
  });

  it('are not known before welcome, where any is admitted', () => {
    const bench = new SessionBench();
    expect(bench.session.admits(outgoing(call(1), bytes(1)))).toBe(true);
  });
});
