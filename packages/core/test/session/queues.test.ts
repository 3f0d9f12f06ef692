import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fifo } from '../../src/session/fifo.ts';
import { Ledger } from '../../src/session/ledger.ts';
import { Outbox } from '../../src/session/outbox.ts';
import { Outgoing } from '../../src/session/outgoing.ts';
import { collect } from '../harness/collected-heap.ts';

describe('Fifo', () => {
  it('is a plain queue under any sequence of pushes and shifts', () => {
    const steps = fc.array(fc.oneof(fc.nat({ max: 2000 }), fc.integer({ min: -2000, max: -1 })), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(steps, (script) => {
        const fifo = new Fifo<number>();
        const model: number[] = [];
        let next = 0;
        for (const step of script) {
          for (let i = 0; i < step; i++) {
            fifo.push(next);
            model.push(next++);
          }
          for (let i = 0; i > step; i--) expect(fifo.shift()).toBe(model.shift());
          expect(fifo.size).toBe(model.length);
          expect(fifo.peek()).toBe(model[0]);
          expect([...fifo]).toEqual(model);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('lets go of what was taken, also when it is never empty', () => {
    const fifo = new Fifo<object>();
    fifo.push({});
    for (let i = 0; i < 5000; i++) {
      fifo.push({});
      fifo.shift();
    }
    expect(fifo.size).toBe(1);
    expect([...fifo]).toHaveLength(1);
  });

  it('takes entries at its front, and lets go of those that are not wanted, wherever its head is', () => {
    const entries = fc.array(fc.nat(), { maxLength: 20 });
    fc.assert(
      fc.property(entries, fc.nat({ max: 20 }), entries, (pushed, shifted, front) => {
        const fifo = new Fifo<number>();
        for (const it of pushed) fifo.push(it);
        for (let i = 0; i < shifted; i++) fifo.shift();
        fifo.prepend(front);
        const model = [...front, ...pushed.slice(shifted)];
        expect([...fifo]).toEqual(model);
        fifo.retain((it) => it % 2 === 0);
        expect([...fifo]).toEqual(model.filter((it) => it % 2 === 0));
        expect(fifo.size).toBe(model.filter((it) => it % 2 === 0).length);
      }),
    );
  });

  it('is empty after clear', () => {
    const fifo = new Fifo<number>();
    fifo.push(1);
    fifo.clear();
    expect(fifo.size).toBe(0);
    expect(fifo.shift()).toBeUndefined();
  });
});

/** The messages of the next frame, as a list: what the outbox gives are its elements. */
const messagesOf = (outbox: Outbox, length: number): unknown[] | undefined => {
  const batch = outbox.take({ length, strict: false, streamLength: length });
  return batch === undefined ? undefined : (JSON.parse(`[${batch.text}]`) as unknown[]);
};

describe('Outbox', () => {
  it('knows at any time how many characters wait in each lane', () => {
    const outbox = new Outbox(new Ledger());
    outbox.push('[4,1]', 'reply');
    outbox.push(new Outgoing('[1,1,"a"]'), 'reply');
    outbox.push('[7,1]', 'stream');
    expect([outbox.waiting('reply'), outbox.waiting('stream')]).toEqual([14, 5]);
    messagesOf(outbox, 1000);
    expect([outbox.waiting('reply'), outbox.waiting('stream')]).toEqual([0, 0]);
  });

  it('counts byte sections like characters, and gives them in the order of their messages', () => {
    const outbox = new Outbox(new Ledger());
    const [one, two, three] = [new Uint8Array(3), new Uint8Array(0), new Uint8Array(5)];
    outbox.push(new Outgoing('[7,1]', [one, two]), 'stream');
    outbox.push(new Outgoing('[4,2]', [three]), 'reply');
    expect([outbox.waiting('reply'), outbox.waiting('stream'), outbox.length]).toEqual([10, 8, 18]);
    const batch = outbox.take({ length: 1000, strict: false, streamLength: 1000 });
    expect(batch).toEqual({ text: '[4,2],[7,1]', sections: [three, one, two] });
    expect(outbox.length).toBe(0);
  });

  it('lets go of the text of a message that has left', () => {
    const outbox = new Outbox(new Ledger());
    const messages = [
      new Outgoing('[1,1,"alone"]'),
      new Outgoing('[1,2,"one"]'),
      new Outgoing('[1,3,"two"]'),
    ];
    const bounds = { length: 1000, strict: false, streamLength: 1000 };
    outbox.push(messages[0] as Outgoing, 'call');
    expect(outbox.take(bounds)?.text).toBe('[1,1,"alone"]');
    for (const message of messages.slice(1)) outbox.push(message, 'call');
    expect(outbox.take(bounds)?.text).toBe('[1,2,"one"],[1,3,"two"]');
    expect(messages.map(({ state, text }) => [state, text])).toEqual(Array(3).fill(['framed', '']));
  });

  it('tells once that a message was taken, and never of one that was withdrawn', () => {
    const outbox = new Outbox(new Ledger());
    const told: string[] = [];
    const [left, gone] = [new Outgoing('[1,1,"a"]'), new Outgoing('[1,2,"a"]')];
    left.left = () => void told.push('left');
    gone.left = () => void told.push('gone');
    outbox.push(left, 'call');
    outbox.push(gone, 'call');
    outbox.withdraw(gone, 'call');
    messagesOf(outbox, 1000);
    expect(told).toEqual([]);
    outbox.tell();
    outbox.tell();
    expect(told).toEqual(['left']);
  });

  it('does not count a withdrawn message as waiting, before it is passed and after', () => {
    const outbox = new Outbox(new Ledger());
    const call = new Outgoing('[1,1,"a"]');
    outbox.push(call, 'reply');
    outbox.withdraw(call, 'reply');
    expect(outbox.waiting('reply')).toBe(0);
    expect(messagesOf(outbox, 1000)).toBeUndefined();
    expect(outbox.waiting('reply')).toBe(0);
  });

  it('gives every message that was not withdrawn exactly once, answers, then calls, then items, each lane in order', () => {
    const lane = fc.constantFrom('reply' as const, 'call' as const, 'stream' as const);
    const entry = fc.record({ lane, withdrawn: fc.boolean(), length: fc.nat({ max: 40 }) });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), fc.integer({ min: 1, max: 100 }), (entries, length) => {
        const outbox = new Outbox(new Ledger());
        const wanted: Record<'reply' | 'call' | 'stream', string[]> = { reply: [], call: [], stream: [] };
        entries.forEach((it, i) => {
          const text = JSON.stringify([i, 'x'.repeat(it.length)]);
          const message = new Outgoing(text);
          outbox.push(message, it.lane);
          if (it.withdrawn) outbox.withdraw(message, it.lane);
          else wanted[it.lane].push(text);
        });
        const taken: string[] = [];
        for (let frame = messagesOf(outbox, length); frame; frame = messagesOf(outbox, length)) {
          expect(frame.length).toBeGreaterThan(0);
          taken.push(...frame.map((it) => JSON.stringify(it)));
        }
        expect(taken).toEqual([...wanted.reply, ...wanted.call, ...wanted.stream]);
      }),
    );
  });

  it('forgets thousands of withdrawn messages, wherever they stood, and gives all others', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), count: fc.nat({ max: 1500 }) }),
      fc.record({ kind: fc.constant('withdraw' as const), each: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ kind: fc.constant('take' as const), length: fc.nat({ max: 5000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const outbox = new Outbox(new Ledger());
        let waiting: Outgoing[] = [];
        const said = new Map<Outgoing, unknown>();
        let next = 0;
        for (const it of steps) {
          if (it.kind === 'push') {
            for (let i = 0; i < it.count; i++) {
              const message = new Outgoing(`[${next++}]`);
              waiting.push(message);
              said.set(message, JSON.parse(message.text));
              outbox.push(message, 'call');
            }
          } else if (it.kind === 'withdraw') {
            const withdrawn = waiting.filter((_, i) => i % it.each === 0);
            for (const message of withdrawn) outbox.withdraw(message, 'call');
            waiting = waiting.filter((_, i) => i % it.each !== 0);
          } else {
            const taken = messagesOf(outbox, it.length) ?? [];
            const wanted = waiting.splice(0, taken.length).map((it) => said.get(it));
            expect(taken).toEqual(wanted);
          }
          expect(outbox.waiting('call')).toBe(waiting.reduce((sum, { text }) => sum + text.length, 0));
        }
        expect(messagesOf(outbox, 1e9) ?? []).toHaveLength(waiting.length);
      }),
      { numRuns: 40 },
    );
  });

  it('lets go of messages that were taken back, though nothing else comes into their lane', async () => {
    const outbox = new Outbox(new Ledger());
    const takenBack = (count: number): WeakRef<Outgoing>[] => {
      const calls = Array.from(
        { length: count },
        () => new Outgoing('[2,1,"upload",0]', [new Uint8Array(9)]),
      );
      for (const call of calls) outbox.push(call, 'call');
      for (const call of calls) outbox.withdraw(call, 'call');
      return calls.map((call) => new WeakRef(call));
    };
    const refs = [1, 2, 3].flatMap(takenBack);
    outbox.push('[8,1]', 'reply');
    expect(outbox.take({ length: 1000, strict: false, streamLength: 1000 })?.text).toBe('[8,1]');
    // A reference lives for as long as the turn in which it was read.
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(refs.filter((ref) => ref.deref())).toEqual([]);
  });

  it('makes no frame longer than asked but of one message alone', () => {
    const lengths = fc.array(fc.nat({ max: 60 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 1, max: 100 }), fc.boolean(), (all, length, strict) => {
        const outbox = new Outbox(new Ledger());
        for (const it of all) outbox.push(JSON.stringify(['x'.repeat(it)]), 'reply');
        const bounds = { length, strict, streamLength: length };
        for (let batch = outbox.take(bounds); batch; batch = outbox.take(bounds)) {
          const alone = (JSON.parse(`[${batch.text}]`) as unknown[]).length === 1;
          expect(batch.text.length <= length || (alone && !strict)).toBe(true);
        }
      }),
    );
  });
});
