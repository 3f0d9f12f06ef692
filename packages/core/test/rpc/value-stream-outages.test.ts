import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { upTo } from '../harness/counted-stream.ts';
import { Gate } from '../harness/gate.ts';
import { Reading } from '../harness/reading.ts';
import { procedure, servedWorld } from '../harness/served-world.ts';
import type { ValueCallOptions } from '../harness/value-call.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';
import type { World } from '../harness/world.ts';

const total = 120;
const order = Array.from({ length: total }, (_, n) => n);

/** Items of all sizes: a few travel in parts, and all together are more than a window of the session. */
const items = (): Iterable<unknown> =>
  upTo(total, (n) => [n, 'x'.repeat(n % 40 === 7 ? 150_000 : (n % 5) * 5000)]);

const numbersOf = ({ items: got }: Reading): unknown[] => got.map((it) => (it as unknown[])[0]);

/** The same stream, of whose end a gate is told. */
async function* toldOf(stream: AsyncIterable<unknown>, over: Gate): AsyncIterable<unknown> {
  yield* stream;
  over.open();
}

/** Lets so many things arrive, one at a time; where nothing is under way, time passes. */
async function steps(world: World, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await world.breathe();
    if (!world.network.step()) await world.clock.advance(world.clock.nextIn ?? 0, () => world.breathe());
  }
}

describe('streams in values over a session that is resumed', () => {
  const cuts = fc.array(
    fc.record({ after: fc.nat({ max: 40 }), death: fc.constantFrom('both', 'client', 'server') }),
    { minLength: 1, maxLength: 5 },
  );

  it('lose nothing, repeat nothing and keep their order, both ways, wherever their lines were cut', () => {
    return fc.assert(
      fc.asyncProperty(cuts, async (deaths) => {
        const handlers: Reading[] = [];
        const up = new WatchedSource(items());
        const both = procedure.input(z.any()).mutation(async function* ({ input }) {
          const read = new Gate();
          handlers.push(new Reading(toldOf(input as AsyncIterable<unknown>, read)));
          yield* items();
          await read.promise;
        });
        await servedWorld({ both }, { limits: { window: 60_000 } }, async (world) => {
          const call = new ValueCall(world.connection, 'both', up, { type: 'mutation' });
          let reading: Reading | undefined;
          const { result } = call;
          call.result = (...told) => {
            result.apply(call, told);
            reading = new Reading(call.stream);
          };
          world.network.held = true;
          for (const { after, death } of deaths) {
            await steps(world, after);
            const { wire } = world.network;
            if (death === 'both') wire.cut();
            else wire[death].gone(1006);
          }
          world.network.held = false;
          await world.advance(30_000);
          expect(call.told).toEqual(['answered']);
          for (const it of [handlers[0], reading]) {
            expect(it && numbersOf(it)).toEqual(order);
            expect(it?.end).toBe('complete');
          }
          expect([handlers.length, up.endings]).toEqual([1, 1]);
        })();
      }),
      { numRuns: 25 },
    );
  });

  it('wait where they are while there is no line, and are not pulled without bound', () => {
    const source = new WatchedSource(upTo(10_000));
    const procedures = { a: procedure.query(() => source) };
    return servedWorld(procedures, { limits: { window: 60_000 } }, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const reading = new Reading(call.stream);
      world.network.down = true;
      world.network.wire.cut();
      await world.advance(20_000);
      const pulled = source.pulled;
      expect(pulled).toBeLessThan(5000);
      expect(reading.end).toBe('open');
      await world.advance(20_000);
      expect(source.pulled).toBe(pulled);
      world.network.down = false;
      await world.advance(15_000);
      expect([reading.items.length, reading.end]).toEqual([10_000, 'complete']);
    })();
  });
});

describe('a stream in a result whose session is lost', () => {
  it('rejects at its reader, with unknown outcome, whatever has arrived, and its source is given up', () => {
    const source = new WatchedSource(upTo(5), 'waits');
    const signals: (AbortSignal | undefined)[] = [];
    const a = procedure.query(({ signal }) => {
      signals.push(signal);
      return [source, new WatchedSource(['x'])];
    });
    return servedWorld({ a }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      const reading = new Reading(call.stream);
      await world.settle();
      world.network.wire.cut();
      await world.settle();
      expect(reading.end).toBe('session-lost unknown dropped');
      const late = new Reading(call.streamAt(1));
      await world.advance(5000);
      expect(late.end).not.toBe('open');
      expect(signals.map((it) => it?.aborted)).toEqual([true]);
      expect([source.endings, call.told]).toEqual([1, ['answered']]);
    })();
  });

  it('that nobody has read yet is not complete when somebody does', () => {
    const source = new WatchedSource(upTo(5), 'waits');
    return servedWorld({ a: procedure.query(() => source) }, {}, async (world) => {
      const call = new ValueCall(world.connection, 'a');
      await world.settle();
      world.network.wire.cut();
      await world.advance(5000);
      const reading = new Reading(call.stream);
      await world.settle();
      expect([reading.items, reading.end]).toEqual([[], 'session-lost unknown dropped']);
    })();
  });
});

/** A call with a stream, which has left. */
async function sent(bench: ClientBench, options: ValueCallOptions = {}): Promise<[ValueCall, WatchedSource]> {
  const source = new WatchedSource(upTo(5), 'waits');
  const call = new ValueCall(bench.connection, 'up', source, options);
  await bench.settle();
  return [call, source];
}

/** A window in which one stream takes all the room that streams have. */
const narrow = { limits: { window: 60_000, windowBytes: 65_536 } };

/** A stream that fills the window, so that the next is not asked for an item when its call has left. */
async function filled(bench: ClientBench): Promise<ValueCall> {
  const greedy = new WatchedSource(
    upTo(100, () => 'x'.repeat(8000)),
    'waits',
  );
  const call = new ValueCall(bench.connection, 'greedy', greedy);
  await bench.settle();
  return call;
}

const paths = (bench: ClientBench): unknown[] =>
  bench.messages().flatMap(([kind, , path]) => (kind === 1 || kind === 2 ? [path] : []));

/** The session is lost, and another is opened. */
async function loses(bench: ClientBench): Promise<void> {
  await bench.dropsAndRedials();
  await bench.opens();
  await bench.says(['gone', 'expired']);
  await bench.says([
    'welcome',
    { session: 'T', server: 'K', resumed: false, sent: 0, received: 0, limits: {} },
  ]);
}

describe('a call with a stream in its input whose session is lost', () => {
  it(
    'is not made again once the stream was read, however harmless the call is',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const calls = [await sent(bench), await sent(bench, { type: 'mutation', idempotent: true })];
      await bench.loses();
      for (const [call, source] of calls) {
        expect(call.told).toEqual(['session-lost unknown dropped']);
        expect([source.returns, source.endings]).toEqual([1, 1]);
      }
      expect(paths(bench)).toEqual([]);
    }),
  );

  it(
    'is made again, if it may be, when nothing was asked of the stream: its source goes with it',
    withClient({}, async (bench) => {
      await bench.welcomes(narrow);
      const greedy = await filled(bench);
      const calls = [await sent(bench), await sent(bench, { type: 'mutation', idempotent: true })];
      expect(calls.map(([, source]) => source.pulled)).toEqual([0, 0]);
      await loses(bench);
      expect(greedy.told).toEqual(['session-lost unknown expired']);
      expect(paths(bench)).toEqual(['up', 'up']);
      await bench.settle();
      for (const [, source] of calls) expect([source.pulled, source.endings]).toEqual([5, 0]);
      await bench.says([
        [4, 1, 'x'],
        [4, 2, 'x'],
      ]);
      for (const [call, source] of calls) expect([call.told, source.endings]).toEqual([['answered'], 1]);
    }),
  );

  it(
    'is a mutation that may not be made again: it rejects, and its source is given up unread',
    withClient({}, async (bench) => {
      await bench.welcomes(narrow);
      await filled(bench);
      const [call, source] = await sent(bench, { type: 'mutation' });
      await loses(bench);
      expect(call.told).toEqual(['session-lost unknown expired']);
      expect([source.pulled, source.endings]).toEqual([0, 1]);
      expect(paths(bench)).toEqual([]);
    }),
  );

  it(
    'is not made again when its callee has cancelled the stream, though nothing was read of it',
    withClient({}, async (bench) => {
      await bench.welcomes(narrow);
      await filled(bench);
      const [call, source] = await sent(bench);
      await bench.says([[9, -2]]);
      expect([source.pulled, source.returns]).toEqual([0, 1]);
      await loses(bench);
      expect(call.told).toEqual(['session-lost unknown expired']);
      expect(paths(bench)).toEqual([]);
      expect(source.endings).toBe(1);
    }),
  );

  it(
    'moves to the next session when its message is in no frame, and its stream is read there',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const source = new WatchedSource(upTo(5), 'waits');
      const call = new ValueCall(bench.connection, 'up', source, { type: 'mutation' });
      await bench.loses();
      expect(bench.messages()).toEqual([
        [2, 1, 'up', null, { streams: [[[], -1]] }],
        ...[0, 1, 2, 3, 4].map((n) => [7, -1, n]),
      ]);
      await bench.says([[4, 1, 'x']]);
      expect([call.told, source.endings]).toEqual([['answered'], 1]);
    }),
  );
});
