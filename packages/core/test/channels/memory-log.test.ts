import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelCodec } from '../../src/channels/channel-codec.ts';
import { ChannelEvent } from '../../src/channels/channel-event.ts';
import type { LoggedEvent } from '../../src/channels/channel-log.ts';
import { placeOf } from '../../src/channels/channel-place.ts';
import type { MemoryLogBounds } from '../../src/channels/memory-log.ts';
import { MemoryLog } from '../../src/channels/memory-log.ts';

const codec = new ChannelCodec();

/** An event of that length; without one, of as little as an event can have. */
function eventOf(number: number, length = 0): ChannelEvent {
  const of = (text: string): ChannelEvent =>
    new ChannelEvent(
      placeOf('e', number),
      { number, json: codec.encode(text), parts: [], key: undefined },
      codec,
    );
  return of('x'.repeat(Math.max(0, length - of('').length)));
}

/** A log, and what it said of its growth. */
function logOf(bounds: Partial<MemoryLogBounds> = {}) {
  const grown = { bytes: 0, most: 0 };
  const log = new MemoryLog('e', { events: 100, bytes: 100_000, ...bounds }, (bytes) => {
    grown.bytes += bytes;
    grown.most = Math.max(grown.most, grown.bytes);
  });
  const append = (length?: number): LoggedEvent => log.append((number) => eventOf(number, length));
  const held = (): number[] => {
    const numbers: number[] = [];
    for (let number = log.first; number <= log.last; number++) numbers.push(log.read(number)?.number ?? -1);
    return numbers;
  };
  return { log, append, held, grown };
}

describe('a log', () => {
  it('that is new holds nothing, and is about to number its first event 1', () => {
    const { log } = logOf();
    expect([log.first, log.last, log.read(0), log.read(1)]).toEqual([1, 0, undefined, undefined]);
  });

  it('numbers its events, and reads those that it holds', () => {
    const { append, held, log } = logOf({ events: 3 });
    for (let i = 0; i < 5; i++) append();
    expect([log.first, log.last, held()]).toEqual([3, 5, [3, 4, 5]]);
    for (const number of [-1, 0, 2, 6]) expect(log.read(number)).toBe(undefined);
  });

  it('holds as many bytes as it may', () => {
    const { append, held, grown } = logOf({ bytes: 100 });
    for (let i = 0; i < 5; i++) append(30);
    expect([held(), grown.bytes]).toEqual([[3, 4, 5], 90]);
    append(100);
    expect([held(), grown.bytes]).toEqual([[6], 100]);
  });

  it('holds of what is larger than all the newest event alone', () => {
    const { append, held, grown } = logOf({ bytes: 100 });
    append(30);
    append(500);
    expect([held(), grown.bytes]).toEqual([[2], 500]);
    append(600);
    expect([held(), grown.bytes]).toEqual([[3], 600]);
    append(30);
    expect([held(), grown.bytes]).toEqual([[4], 30]);
  });

  it('holds the newest event even if it may hold no bytes', () => {
    const { append, held } = logOf({ bytes: 0 });
    append();
    append();
    expect(held()).toEqual([2]);
  });

  it('that cannot make an event is as it was', () => {
    const { append, held, log, grown } = logOf();
    append(30);
    const fail = (): never => {
      throw new Error('no event');
    };
    expect(() => log.append(fail)).toThrow('no event');
    expect([held(), grown.bytes]).toEqual([[1], 30]);
    expect(append().number).toBe(2);
  });

  it('drops the events before a number, told or not', () => {
    const { append, held, log, grown } = logOf();
    for (let i = 0; i < 5; i++) append(30);
    log.trim(3);
    log.trim(1);
    expect([held(), grown.bytes]).toEqual([[3, 4, 5], 90]);
    log.trim(100);
    expect([log.first, log.last, held(), grown.bytes]).toEqual([6, 5, [], 0]);
    expect(append().number).toBe(6);
  });

  it('tells its listener of each event, once it can be read, and nobody of a trim', () => {
    const { append, log } = logOf();
    const told: (number | undefined)[] = [];
    log.tail(() => void told.push(log.read(log.last)?.number));
    append();
    append();
    log.trim(2);
    expect(told).toEqual([1, 2]);
  });

  it('that is closed holds nothing and tells nobody', () => {
    const { append, held, log, grown } = logOf();
    let told = 0;
    log.tail(() => void told++);
    append(30);
    log.close();
    log.close();
    append(30);
    expect([told, held(), grown.bytes]).toEqual([1, [2], 30]);
  });

  it('holds the newest events that fit, whatever is appended and trimmed', () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ append: fc.integer({ min: 20, max: 80 }) }) },
      fc.record({ trim: fc.nat(60) }),
    );
    const bounds = fc.record({ events: fc.integer({ min: 1, max: 8 }), bytes: fc.nat(300) });
    fc.assert(
      fc.property(bounds, fc.array(step, { maxLength: 60 }), (it, steps) => {
        const { log, append, held, grown } = logOf(it);
        let model: { number: number; length: number }[] = [];
        const size = (): number => model.reduce((sum, { length }) => sum + length, 0);
        for (const step of steps) {
          if ('trim' in step) {
            log.trim(step.trim);
            model = model.filter(({ number }) => number >= step.trim);
          } else {
            const { number, length } = append(step.append);
            model.push({ number, length });
            while (model.length > 1 && (model.length > it.events || size() > it.bytes)) model.shift();
          }
          expect(held()).toEqual(model.map(({ number }) => number));
          expect(log.first).toBe(log.last - model.length + 1);
          expect(grown.bytes).toBe(size());
        }
      }),
      { numRuns: 200 },
    );
  });
});
