import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Outgoing } from '../../src/session/outgoing.ts';
import { OutgoingTransfer } from '../../src/session/outgoing-transfer.ts';
import { socketBufferBytes } from '../../src/session/ports.ts';
import type { CloseName } from '../../src/wire/close-codes.ts';
import type { Limits } from '../../src/wire/limits.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import { bytes, inParts, partFrame, utf8 } from '../harness/binary-frames.ts';
import { withClient } from '../harness/client-bench.ts';
import { expectClosed } from '../harness/expect-closed.ts';
import type { Frame, Json } from '../harness/frames.ts';
import { messagesOf } from '../harness/frames.ts';
import { present } from '../harness/present.ts';
import { fault } from '../harness/recorded-call.ts';
import { withServer } from '../harness/server-bench.ts';
import { SessionBench } from '../harness/session-bench.ts';
import { SessionPair } from '../harness/session-pair.ts';
import { joined, Witness } from '../harness/witness.ts';
import { inWorld } from '../harness/world.ts';

const window = 60_000;

const table = (sections: readonly Uint8Array[]): Json =>
  sections.map(({ length }, index) => [[index], 'u8', length]);

/** A call with bytes. */
const call = (id: number, text: string, ...sections: readonly Uint8Array[]): Frame => [
  1,
  id,
  text,
  null,
  { bytes: table(sections) },
];

const outgoing = (message: Frame, ...sections: readonly Uint8Array[]): Outgoing =>
  new Outgoing(JSON.stringify(message), sections);

/** A message of so many characters. */
const large = (id: number, length: number): string =>
  JSON.stringify([4, id, 'x'.repeat(length - `[4,${id},""]`.length)]);

const ids = (frames: readonly Frame[]): unknown[] => messagesOf(frames).map(([, id]) => id);

/** Text in which characters of one to four bytes stand side by side. */
const mixed = fc
  .array(fc.constantFrom('x', 'é', '…', '😀', '\ud83d\udc69\u200d\ud83d\udcbb', '"', '\u0000', '\ud800'), {
    maxLength: 40,
  })
  .map((characters) => characters.join(''));
const sections = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 4 });

/** The number of the transfer that a frame belongs to; undefined for other frames. */
function transferOf(data: string | Uint8Array): number | undefined {
  if (typeof data === 'string' || data[0] !== 2) return undefined;
  return new DataView(data.buffer, data.byteOffset).getUint32(2);
}

/** Fills up the socket with each frame, so that the next leaves only when it has drained. */
function oneByOne({ socket }: SessionBench): void {
  socket.onSend = () => {
    socket.buffered = socketBufferBytes;
  };
}

/** The socket takes one more frame. */
function drain(bench: SessionBench): void {
  bench.socket.buffered = 0;
  bench.session.drained();
  bench.flush();
}

describe('a message cut into parts', () => {
  it('is the same again, wherever it is cut, and no character is cut badly by its sender', () => {
    fc.assert(
      fc.property(mixed, sections, fc.integer({ min: 1, max: 30 }), (text, own, most) => {
        const message = call(1, text, ...own);
        const transfer = new OutgoingTransfer(outgoing(message, ...own), 7);
        const witness = new Witness();
        const json = utf8(JSON.stringify(message)).length;
        for (let at = 0; !transfer.done; ) {
          const part = transfer.next(most);
          const content = part.subarray(at === 0 ? 14 : 6);
          expect(content.length).toBeGreaterThan(0);
          expect(content.length).toBeLessThanOrEqual(Math.max(4, most));
          at += content.length;
          const heard = witness.hear(part);
          expect(transfer.done).toBe(at === json + joined(own).length);
          expect(heard).toEqual(
            transfer.done ? { frame: [message], sections: own } : { frame: [], sections: [] },
          );
        }
        expect(witness.unfinished).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('is understood wherever another sender cut it, also within a character', () => {
    fc.assert(
      fc.property(mixed, sections, fc.integer({ min: 1, max: 30 }), (text, own, piece) => {
        const bench = SessionBench.open();
        const message = call(1, text, ...own);
        const parts = inParts(5, message, piece, ...own);
        for (const part of parts) {
          expect(bench.handed).toEqual([]);
          bench.session.receive(part);
        }
        expect(bench.ends).toEqual([]);
        expect(bench.handed).toEqual([message]);
        expect(bench.arrivals).toEqual([{ sections: own, inParts: true }]);
        expect(bench.session.counts.received).toBe(parts.length);
      }),
      { numRuns: 500 },
    );
  });

  it('goes from one session to another, text and bytes, in counted frames that the other end takes', () => {
    for (const unit of ['x', 'é', '…', '😀']) {
      const pair = new SessionPair({ window, frameBytes: 14 + 4999, messageBytes: 1_000_000 });
      const own = [bytes(30_000), new Uint8Array(0), bytes(40_001, 3)];
      const message = call(1, unit.repeat(20_000), ...own);
      pair.send(outgoing(message, ...own));
      pair.settle();
      for (const data of pair.from.socket.sent) expect(data.length).toBeLessThanOrEqual(14 + 4999);
      expect(pair.to.handed).toEqual([message]);
      expect(pair.to.arrivals[0]?.sections).toEqual(own);
      const { sent } = pair.from.session.counts;
      expect(sent).toBe(pair.from.socket.sent.filter((data) => typeof data !== 'string').length);
      expect(pair.to.session.counts.received).toBe(sent);
      expect(pair.from.session.held).toBe(0);
    }
  });

  it('owns its sections: they do not lie in the frames that brought them', () => {
    const bench = SessionBench.open();
    for (const part of inParts(1, call(1, 'a', bytes(10), bytes(10)), 8, bytes(10), bytes(10))) {
      bench.session.receive(part);
      part.fill(255);
    }
    expect(bench.arrivals[0]?.sections).toEqual([bytes(10), bytes(10)]);
    for (const it of present(bench.arrivals[0]).sections) expect(it.buffer.byteLength).toBe(10);
  });
});

describe('transfers', () => {
  it('let small messages pass between their parts', () => {
    const pair = new SessionPair();
    oneByOne(pair.from);
    pair.send(large(1, 200_000), 'reply');
    pair.from.flush();
    pair.send('[4,2,"small"]', 'reply');
    pair.send('[1,3,"a"]', 'call');
    drain(pair.from);
    expect(ids(pair.from.socket.frames)).toEqual([2, 3]);
    for (let i = 0; i < 10; i++) drain(pair.from);
    expect(ids(pair.from.socket.frames)).toEqual([2, 3, 1]);
    pair.carry();
    expect(pair.to.handed.map(([, id]) => id)).toEqual([2, 3, 1]);
  });

  it('take turns with each other, part by part', () => {
    const bench = SessionBench.open();
    for (let id = 1; id <= 3; id++) bench.session.send(large(id, 150_000), 'reply');
    bench.flush();
    expect(bench.socket.sent.map(transferOf)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    expect(ids(bench.socket.frames)).toEqual([1, 2, 3]);
  });

  it('take turns with frames of stream items, so that neither starves the other', () => {
    const bench = SessionBench.open();
    oneByOne(bench);
    bench.session.send(large(1, 500_000), 'stream');
    for (let id = 2; id <= 40; id++) bench.session.send(large(id, 30_000), 'stream');
    bench.flush();
    for (let i = 0; i < 12; i++) drain(bench);
    const kinds = bench.socket.sent.map((data) => (transferOf(data) === undefined ? 'items' : 'part'));
    expect(kinds.slice(1).every((kind, i) => kind !== kinds[i])).toBe(true);
  });

  it('do not overtake stream items that were sent before them', () => {
    const bench = SessionBench.open();
    for (let id = 1; id <= 3; id++) bench.session.send(large(id, 60_000), 'stream');
    bench.session.send(large(4, 70_000), 'stream');
    bench.session.send('[5,5,{}]', 'stream');
    bench.flush();
    const order = ids(bench.socket.frames);
    expect(order.filter((id) => id !== 5)).toEqual([1, 2, 3, 4]);
    expect(order).toContain(5);
  });

  it('are at most four at a time, begun in the order in which they were sent', () => {
    const bench = SessionBench.open();
    const witness = new Witness();
    let most = 0;
    bench.socket.onSend = (data) => {
      witness.hear(data);
      most = Math.max(most, witness.unfinished);
    };
    for (let id = 1; id <= 12; id++) bench.session.send(large(id, 70_000 + 50_000 * (id % 3)), 'reply');
    bench.flush();
    expect(most).toBe(4);
    const begun = bench.socket.sent.map(transferOf).filter((it, i, all) => all.indexOf(it) === i);
    expect(begun).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect([...ids(bench.socket.frames)].sort((a, b) => Number(a) - Number(b))).toEqual(begun);
  });

  it('never have more on their way than the other end takes, however large they are together', () => {
    const size = fc.record({
      chars: fc.integer({ min: 0, max: 90_000 }),
      bytes: fc.integer({ min: 0, max: 90_000 }),
    });
    const unit = fc.constantFrom('x', '…');
    fc.assert(
      fc.property(fc.array(size, { maxLength: 10 }), unit, (sizes, character) => {
        const pair = new SessionPair({ messageBytes: 300_000, valueBytes: 100_000 });
        sizes.forEach((it, i) => {
          const section = bytes(it.bytes);
          pair.send(outgoing(call(i + 1, character.repeat(it.chars), section), section));
        });
        pair.settle();
        expect(pair.to.ends).toEqual([]);
        expect(pair.to.handed.map(([, id]) => id).sort((a, b) => a - b)).toEqual(sizes.map((_, i) => i + 1));
        for (const [
          i,
          {
            sections: [section],
          },
        ] of pair.to.arrivals.entries()) {
          expect(section?.length).toBe(sizes[present(pair.to.handed[i])[1] - 1]?.bytes);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('share the half of the window that streams have, and leave the rest to answers and calls', () => {
    const windowBytes = 400_000;
    const bench = SessionBench.open({ window, windowBytes });
    bench.session.send(large(1, 1_000_000), 'reply');
    bench.flush();
    const kept = (): number =>
      bench.socket.sent.reduce((sum, data) => sum + (transferOf(data) ? data.length : 0), 0);
    // Some of the half is left to items, or none would be asked for.
    expect(kept()).toBeGreaterThanOrEqual((windowBytes * 3) / 8);
    expect(kept()).toBeLessThan((windowBytes * 3) / 8 + 65_536);
    bench.session.send('[4,2]', 'reply');
    expect(ids(bench.flush())).toEqual([2]);
    bench.hears(['ack', 0, bench.session.counts.sent]);
    bench.flush();
    expect(kept()).toBeGreaterThanOrEqual((windowBytes * 6) / 8);
  });

  it('are told of when their last part is built, not before', () => {
    const bench = SessionBench.open();
    oneByOne(bench);
    const message = outgoing(call(1, 'a', bytes(100_000)), bytes(100_000));
    let left = 0;
    message.left = () => void left++;
    bench.session.send(message, 'call');
    bench.flush();
    expect([left, message.state]).toEqual([0, 'waiting']);
    drain(bench);
    expect([left, message.state]).toEqual([1, 'framed']);
    drain(bench);
    expect(left).toBe(1);
  });

  it('leave nothing behind when the session ends between two parts', () => {
    const pair = new SessionPair({ window });
    oneByOne(pair.from);
    pair.send(large(1, 300_000), 'reply');
    pair.from.flush();
    expect(pair.from.session.held).toBeGreaterThan(0);
    pair.from.session.end({ name: 'ended' });
    expect(pair.from.session.held).toBe(0);
    drain(pair.from);
    expect(pair.from.socket.sent).toHaveLength(1);
  });
});

describe('a message that is taken back', () => {
  const begun = (parts: number): { pair: SessionPair; message: Outgoing } => {
    const pair = new SessionPair({ window });
    oneByOne(pair.from);
    const message = outgoing(call(1, 'a', bytes(300_000)), bytes(300_000));
    pair.send(message);
    for (let i = 0; i < parts; i++) drain(pair.from);
    return { pair, message };
  };

  it('after its beginning has left is given up by an empty last part, and is not carried out', () => {
    for (let parts = 1; parts <= 4; parts++) {
      const { pair, message } = begun(parts);
      expect(pair.from.socket.sent).toHaveLength(parts);
      pair.from.session.withdraw(message, 'call');
      for (let i = 0; i < 3; i++) drain(pair.from);
      expect(pair.from.socket.sent.slice(parts)).toEqual([
        partFrame({ transfer: 1, last: true }, new Uint8Array(0)),
      ]);
      pair.settle();
      expect(pair.to.ends).toEqual([]);
      expect(pair.to.handed).toEqual([]);
      expect(message.state).toBe('withdrawn');
      expect([pair.from.session.held, pair.to.session.held]).toEqual([0, 0]);
    }
  });

  it('gives its number to no other', () => {
    const { pair, message } = begun(2);
    pair.from.session.withdraw(message, 'call');
    pair.send(large(2, 70_000), 'reply');
    for (let i = 0; i < 5; i++) drain(pair.from);
    expect(pair.from.socket.sent.map(transferOf)).toEqual([1, 1, 1, 2, 2]);
    pair.carry();
    expect(pair.to.handed.map(([, id]) => id)).toEqual([2]);
  });

  it('makes room for another at the other end before that begins', () => {
    const pair = new SessionPair();
    oneByOne(pair.from);
    const messages = Array.from({ length: 6 }, (_, i) =>
      outgoing(call(i + 1, 'a', bytes(200_000)), bytes(200_000)),
    );
    for (const message of messages) pair.send(message);
    for (let i = 0; i < 6; i++) drain(pair.from);
    for (const message of messages.slice(0, 2)) pair.from.session.withdraw(message, 'call');
    for (let i = 0; i < 40; i++) drain(pair.from);
    pair.carry();
    expect(pair.to.ends).toEqual([]);
    expect(pair.to.handed.map(([, id]) => id)).toEqual([3, 4, 5, 6]);
  });

  it('before anything of it has left is in no frame', () => {
    const { pair, message } = begun(0);
    pair.from.session.withdraw(message, 'call');
    for (let i = 0; i < 3; i++) drain(pair.from);
    expect(pair.from.socket.sent).toEqual([]);
    expect([message.state, pair.from.session.held]).toEqual(['withdrawn', 0]);
  });

  it('after all of it has left is none', () => {
    const { pair, message } = begun(5);
    pair.from.session.withdraw(message, 'call');
    pair.settle();
    expect(message.state).toBe('framed');
    expect(pair.to.handed.map(([, id]) => id)).toEqual([1]);
  });

  it('is given up over another socket, if that is where it is taken back', () => {
    const { pair, message } = begun(3);
    pair.carry(2);
    pair.cut();
    pair.from.session.withdraw(message, 'call');
    pair.settle();
    expect(pair.to.ends).toEqual([]);
    expect(pair.to.handed).toEqual([]);
  });
});

describe('a session that is resumed between two parts', () => {
  it('hands each message on exactly once, wherever its lines were cut', () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('carry' as const), frames: fc.nat({ max: 3 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('send' as const), length: fc.nat({ max: 250_000 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('ack' as const) }) },
    );
    const lanes = ['reply', 'call', 'stream'] as const;
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.constantFrom(200_000, 1_000_000),
        (steps, windowBytes) => {
          const pair = new SessionPair({ window, windowBytes });
          let sent = 0;
          for (const it of steps) {
            if (it.kind === 'send') pair.send(large(++sent, Math.max(20, it.length)), lanes[sent % 3]);
            else if (it.kind === 'carry') {
              while (pair.from.turn.run());
              pair.carry(it.frames);
            } else if (it.kind === 'cut') pair.cut();
            else pair.to.session.sweep(pair.to.clock.now(), false);
          }
          pair.settle();
          pair.to.session.sweep(pair.to.clock.now(), false);
          pair.settle();
          expect([...pair.from.ends, ...pair.to.ends]).toEqual([]);
          expect(pair.to.handed.map(([, id]) => id).sort((a, b) => a - b)).toEqual(
            Array.from({ length: sent }, (_, i) => i + 1),
          );
          expect(pair.from.session.held).toBe(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('sends a part again as it was', () => {
    const pair = new SessionPair({ window });
    pair.send(large(1, 300_000), 'reply');
    pair.from.flush();
    const before = [...pair.from.socket.sent];
    pair.carry(2);
    pair.cut();
    pair.from.flush();
    expect(pair.from.socket.sent).toEqual(before.slice(2));
    pair.carry();
    expect(pair.to.handed.map(([, id]) => id)).toEqual([1]);
  });
});

describe('parts that break section 11', () => {
  const message = call(1, 'a', bytes(3));
  const json = utf8(JSON.stringify(message));
  const first = (announced: readonly [number, number], content: Uint8Array, last = false): Uint8Array =>
    partFrame({ transfer: 1, announced, last }, content);
  const rest = (content: Uint8Array, last = false, transfer = 1): Uint8Array =>
    partFrame({ transfer, last }, content);
  const begin = first([json.length, 3], json.subarray(0, 5));
  const flagged = (part: Uint8Array, flags: number): Uint8Array =>
    part.map((it, at) => (at === 1 ? flags : it));
  const starts = (count: number, lengths: readonly [number, number]): readonly Uint8Array[] =>
    Array.from({ length: count }, (_, i) =>
      partFrame({ transfer: i + 1, announced: lengths }, new Uint8Array(0)),
    );

  const cases: Readonly<Record<string, readonly [CloseName, readonly Uint8Array[]]>> = {
    'a head that is cut short': ['malformed', [begin.subarray(0, 5)]],
    'a first head that is cut short': ['malformed', [begin.subarray(0, 13)]],
    'nothing but its kind': ['malformed', [Uint8Array.of(2)]],
    'flags that there are not': ['malformed', [flagged(begin, 5)]],
    'all flags': ['malformed', [flagged(begin, 255)]],
    'a transfer that was never begun': ['malformed', [rest(json)]],
    'an empty last part of a transfer that was never begun': ['malformed', [rest(new Uint8Array(0), true)]],
    'a transfer that is over': ['malformed', [...inParts(1, message, 9, bytes(3)), rest(json)]],
    'a transfer that was given up': [
      'malformed',
      [begin, rest(new Uint8Array(0), true), rest(json.subarray(5))],
    ],
    'a number for the second time': ['malformed', [...inParts(1, message, 9, bytes(3)), begin]],
    'a number that is under way': ['malformed', [begin, begin]],
    'a number that was given up': ['malformed', [begin, rest(new Uint8Array(0), true), begin]],
    'a number that falls': [
      'malformed',
      [partFrame({ transfer: 9, announced: [10, 0] }, new Uint8Array(0)), begin],
    ],
    'fewer bytes than announced': ['malformed', [begin, rest(json.subarray(5), true)]],
    'more bytes than announced': ['malformed', [begin, rest(joined([json.subarray(5), bytes(4)]), true)]],
    'more bytes than announced, all at once': ['malformed', [first([2, 0], json, true)]],
    'all bytes, and no last part': ['malformed', [begin, rest(joined([json.subarray(5), bytes(3)]))]],
    'no JSON at all': ['malformed', [first([0, 0], new Uint8Array(0), true)]],
    'bytes without JSON': ['malformed', [first([0, 3], bytes(3), true)]],
    'text that is no JSON': ['malformed', [first([3, 0], utf8('[4,'), true)]],
    'text that is no UTF-8': [
      'malformed',
      inParts(1, [4, 1, 'é'], 100).map((it) => it.map((b) => (b === 0xc3 ? 0xff : b))),
    ],
    'a byte order mark': ['malformed', [first([8, 0], utf8('\ufeff[9,1]'), true)]],
    'a control frame': ['malformed', inParts(1, ['ping', 0, 0], 100)],
    'a frame of messages': ['malformed', inParts(1, [[4, 1]], 100)],
    'a message without a shape': ['malformed', inParts(1, [99, 1], 100)],
    'a table of more bytes than were announced': ['malformed', inParts(1, message, 100, bytes(2))],
    'a table of fewer bytes than were announced': ['malformed', inParts(1, message, 100, bytes(4))],
    'bytes that no table holds': ['malformed', inParts(1, [4, 1, 'x'], 100, bytes(4))],
    'a fifth transfer at a time': ['too-many', starts(5, [10, 0])],
    'more JSON than a message may have': ['too-large', starts(1, [20_001, 0])],
    'more bytes than a value may have': ['too-large', starts(1, [10, 1001])],
    'more JSON among several': ['too-large', starts(3, [8000, 0])],
    'more bytes among several': ['too-large', starts(3, [10, 400])],
    'lengths that no memory has': ['too-large', starts(1, [0xffff_ffff, 0xffff_ffff])],
    'more than a frame may have': ['too-large', [first([20_000, 0], new Uint8Array(30_000))]],
  };
  for (const [what, [name, parts]] of Object.entries(cases)) {
    it(`by ${what} are a violation, and nothing of theirs is carried out`, () => {
      const bench = SessionBench.open({ messageBytes: 20_000, valueBytes: 1000, frameBytes: 30_000 });
      for (const part of parts.slice(0, -1)) bench.session.receive(part);
      expect(bench.ends).toEqual([]);
      const { length } = bench.handed;
      bench.session.receive(present(parts.at(-1)));
      expectClosed(bench.socket, name);
      expect(bench.ends).toEqual([{ name }]);
      expect(bench.handed).toHaveLength(length);
      expect(bench.session.counts.received).toBe(parts.length - 1);
    });
  }

  it('by none of them are taken: what is just allowed', () => {
    const bench = SessionBench.open({ messageBytes: 20_000, valueBytes: 1000 });
    for (const part of starts(4, [5000, 250])) bench.session.receive(part);
    for (let transfer = 1; transfer <= 4; transfer++)
      bench.session.receive(rest(new Uint8Array(0), true, transfer));
    for (const part of inParts(5, call(1, 'a', bytes(1000)), 7, bytes(1000))) bench.session.receive(part);
    const message = [4, 2, 'x'.repeat(20_000 - '[4,2,""]'.length)];
    for (const part of inParts(6, message, 5000)) bench.session.receive(part);
    expect(bench.ends).toEqual([]);
    expect(bench.handed.map(([, id]) => id)).toEqual([1, 2]);
  });

  it('may have numbers between which others were left out, and parts without content', () => {
    const bench = SessionBench.open();
    const empty = partFrame({ transfer: 77 }, new Uint8Array(0));
    const [begun, ...others] = inParts(77, message, 9, bytes(3));
    for (const part of [
      present(begun),
      empty,
      ...others.flatMap((it, i) => (i === 0 ? [it, empty] : [it])),
    ]) {
      bench.session.receive(part);
    }
    expect(bench.ends).toEqual([]);
    expect(bench.handed).toEqual([message]);
  });

  it('get no memory for what they announce beyond the limits', () => {
    const bench = SessionBench.open({ messageBytes: 20_000, valueBytes: 1000 });
    const before = process.memoryUsage().arrayBuffers;
    bench.session.receive(present(starts(1, [500_000_000, 0])[0]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expectClosed(bench.socket, 'too-large');
  });

  it('get memory for their bytes only when their JSON has come, and says what they are', () => {
    const bench = SessionBench.open();
    const before = process.memoryUsage().arrayBuffers;
    bench.session.receive(present(starts(1, [100, defaultLimits.valueBytes])[0]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect(bench.ends).toEqual([]);
    bench.session.end({ name: 'ended' });
  });

  it('never make a session throw, whatever follows a right beginning', () => {
    const wild = fc.record({
      transfer: fc.nat({ max: 3 }),
      announced: fc.option(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 10 })), { nil: undefined }),
      last: fc.boolean(),
      from: fc.nat({ max: 30 }),
      length: fc.nat({ max: 40 }),
    });
    const whole = joined([json, bytes(3)]);
    fc.assert(
      fc.property(fc.array(wild, { maxLength: 12 }), (parts) => {
        const bench = SessionBench.open();
        for (const { transfer, announced, last, from, length } of parts) {
          const fields = announced ? { transfer, announced, last } : { transfer, last };
          bench.session.receive(partFrame(fields, whole.subarray(from, from + length)));
        }
        expect(bench.ends.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('calls in parts', () => {
  const handlers = { a: () => 'a', b: () => 'b', late: () => new Promise(() => {}) };
  const input = 'x'.repeat(70_000);

  it(
    'may be overtaken by calls that were made later',
    withServer({ handlers }, async (bench) => {
      const socket = await bench.enter('a');
      const [begun, ...others] = inParts(1, [1, 1, 'a', input], 30_000);
      socket.saysRaw(present(begun));
      await bench.says(socket, [[1, 2, 'b']]);
      for (const part of others) socket.saysRaw(part);
      await bench.settle();
      expect(bench.messages(socket)).toEqual([
        [4, 2, 'b'],
        [4, 1, 'a'],
      ]);
    }),
  );

  it(
    'have no id that is in flight',
    withServer({ handlers, handlersOutlive: true }, async (bench) => {
      const socket = await bench.enter('a', [[1, 1, 'late']]);
      for (const part of inParts(1, [1, 1, 'a', input], 30_000)) socket.saysRaw(part);
      await bench.settle();
      expectClosed(socket, 'bad-id');
    }),
  );

  it(
    'do not make the ids of others fall',
    withServer({ handlers }, async (bench) => {
      const socket = await bench.enter('a');
      for (const part of inParts(1, [1, 5, 'a', input], 30_000)) socket.saysRaw(part);
      await bench.says(socket, [[1, 5, 'b']]);
      expectClosed(socket, 'bad-id');
    }),
  );

  it(
    'that are aborted before their last part did not run, and give up what has left',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const { socket } = bench;
      socket.onSend = () => {
        socket.buffered = socketBufferBytes;
      };
      const abort = new AbortController();
      const aborted = bench.query('a', 'x'.repeat(300_000), { signal: abort.signal });
      await bench.settle();
      abort.abort();
      expect(aborted.told).toEqual([fault('aborted', 'not-run')]);
      socket.onSend = undefined;
      socket.buffered = 0;
      socket.events?.drained();
      await bench.settle();
      const witness = new Witness();
      expect(socket.sent.flatMap((data) => messagesOf([witness.hear(data).frame]))).toEqual([]);
      expect(witness.unfinished).toBe(0);
    }),
  );

  it(
    'are made again on another session where their last part had not left, also such as may run once only',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const first = bench.socket;
      first.onSend = () => {
        first.buffered = socketBufferBytes;
      };
      const mutation = bench.mutation('a', 'x'.repeat(300_000));
      await bench.settle();
      await bench.loses();
      expect(mutation.told).toEqual([]);
      expect(bench.messages()).toEqual([[2, 1, 'a', 'x'.repeat(300_000)]]);
      await bench.says([[4, 1, 'done']]);
      expect(mutation.told).toEqual([['result', 'done']]);
    }),
  );
});

/** A text in few words. */
function summary(text: unknown): string {
  const all = String(text);
  return `${all.slice(0, 10)} (${all.length})`;
}

describe('a stream with items in parts', () => {
  it('keeps its order, and nothing of it overtakes them', () => {
    const length = fc.constantFrom(0, 10, 60_000, 70_000, 200_000);
    const limits: Partial<Limits> = { window, windowBytes: 300_000 };
    // The last item waits for the window while the error, which is larger than a frame, is queued behind it.
    const held = [23_333, 66_666, 20_000, 23_333, 0].map((chars) => ({ length: chars, tracked: false }));
    return fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ length, tracked: fc.boolean() }), { maxLength: 12 }),
        fc.boolean(),
        fc.constantFrom('x', '…', '😀'),
        async (items, fails, unit) => {
          const value = (n: number, chars: number): string => `${n}:${unit.repeat(chars / unit.length)}`;
          async function* stream() {
            for (const [n, it] of items.entries()) {
              const data = value(n, it.length);
              yield it.tracked ? { tracked: `${n}`, data } : data;
            }
            if (fails) throw new Error('x'.repeat(100_000));
          }
          await inWorld({ limits, handlers: { s: stream } }, async (world) => {
            const subs = [world.subscribe('s'), world.subscribe('s')];
            await world.settle();
            for (const sub of subs) {
              expect(sub.items.map(summary)).toEqual(items.map((it, n) => summary(value(n, it.length))));
              expect(sub.story.at(-1)).toBe(fails ? 'error' : 'ended');
            }
          })();
        },
      ),
      { numRuns: 30, examples: [[held, true, '…']] },
    );
  });

  it(
    'that is cancelled between two parts gives the item up, and then ends',
    withServer(
      {
        handlers: {
          s: async function* () {
            yield 'x'.repeat(300_000);
          },
        },
      },
      async (bench) => {
        const socket = await bench.enter('a');
        socket.onSend = (data) => {
          if (transferOf(data) !== undefined) socket.buffered = socketBufferBytes;
        };
        await bench.says(socket, [[3, 1, 's']]);
        await bench.says(socket, [[9, 1]]);
        socket.buffered = 0;
        socket.onSend = undefined;
        socket.events?.drained();
        await bench.settle();
        const witness = new Witness();
        const said = socket.sent.flatMap((data) => messagesOf([witness.hear(data).frame]));
        expect(said).toEqual([
          [6, 1],
          [8, 1],
        ]);
        expect(witness.unfinished).toBe(0);
      },
    ),
  );
});
