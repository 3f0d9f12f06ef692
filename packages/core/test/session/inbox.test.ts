import { describe, expect, test } from 'vitest';
import type { Delivery, MessageHandler } from '../../src/session/delivery.ts';
import { Inbox } from '../../src/session/inbox.ts';
import type { Turn } from '../../src/session/ports.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import type { Message } from '../../src/wire/message.ts';
import { messageKinds } from '../../src/wire/message.ts';
import { ManualTurn } from '../harness/manual-turn.ts';

/** So many messages, each with an id of its own. */
class Frame implements Delivery {
  readonly frame: number;
  readonly bytes: number;
  readonly least = 0;
  readonly context = undefined;
  readonly takes = defaultLimits;
  readonly #ids: number[];

  constructor(frame: number, ids: readonly number[], bytes = 1000) {
    this.frame = frame;
    this.bytes = bytes;
    this.#ids = [...ids];
  }

  get done(): boolean {
    return this.#ids.length === 0;
  }

  next(handler: MessageHandler): void {
    const message: Message = [messageKinds.end, this.#ids.shift() ?? 0];
    handler.message(message, { sections: [], inParts: false });
  }
}

interface Costs {
  /** What each message takes: at once, and in a microtask. */
  readonly messageMs?: number;
  readonly laterMs?: number;
  readonly told?: (id: number) => void;
}

/** An inbox on a clock that messages move on, and how many messages were handed on in each turn. */
function openInbox(costs: Costs) {
  const { laterMs = 0, told = () => {} } = costs;
  const turn = new ManualTurn();
  const handed: number[] = [];
  const turns: number[] = [0];
  let now = 0;
  const yields: Turn = {
    flush: (what) => turn.flush(what),
    yield: (callback) =>
      turn.yield(() => {
        turns.push(0);
        callback();
      }),
  };
  const inbox = new Inbox(yields, { now: () => now, after: () => ({ cancel() {} }) });
  inbox.handler = {
    message([, id]) {
      handed.push(id as number);
      turns[turns.length - 1] = (turns.at(-1) ?? 0) + 1;
      now += costs.messageMs ?? 0;
      queueMicrotask(() => {
        now += laterMs;
      });
      told(id as number);
    },
  };
  /** Runs what was asked for, after the microtasks, until there is nothing more. */
  const settle = async (): Promise<void> => {
    do await new Promise<void>((resolve) => setImmediate(resolve));
    while (turn.run());
  };
  const push = (frame: Frame): void => inbox.push(frame, now);
  return { inbox, push, turn, handed, turns, settle };
}

const ids = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('what comes in', () => {
  test('is handed on in one turn while that is quick', async () => {
    const { push, handed, turns, settle } = openInbox({ laterMs: 0.01 });
    push(new Frame(1, ids(1, 200)));
    await settle();
    expect([handed.length, turns]).toEqual([200, [200]]);
  });

  for (const [name, costs] of [
    ['at once', { messageMs: 0.5 }],
    ['in microtasks', { laterMs: 0.5 }],
  ] as const) {
    test(`gives the turn back after about 4 ms when it takes its time ${name}`, async () => {
      const { push, handed, turns, settle } = openInbox(costs);
      push(new Frame(1, ids(1, 100)));
      await settle();
      expect(handed).toEqual(ids(1, 100));
      // The clock is read after every 16.
      expect(Math.max(...turns)).toBe(16);
    });
  }

  test('gives the turn back though it is many small frames', async () => {
    const { push, turns, settle } = openInbox({ laterMs: 1 });
    for (let frame = 1; frame <= 60; frame++) push(new Frame(frame, [frame], 100));
    await settle();
    expect(Math.max(...turns)).toBe(16);
    expect(turns.length).toBeGreaterThanOrEqual(4);
  });

  test('does not count on messages to be as quick as those before them', async () => {
    const costs = { messageMs: 0 };
    const { push, turns, settle } = openInbox(costs);
    push(new Frame(1, ids(1, 5000)));
    await settle();
    costs.messageMs = 1;
    const before = turns.length;
    for (let frame = 2; frame <= 5; frame++) push(new Frame(frame, ids(frame * 10_000, 500)));
    await settle();
    expect(Math.max(...turns.slice(before))).toBeLessThanOrEqual(64);
  });

  test('is handed on in one turn again when messages have become quick', async () => {
    const costs = { messageMs: 1 };
    const { push, turns, settle } = openInbox(costs);
    push(new Frame(1, ids(1, 40)));
    await settle();
    costs.messageMs = 0;
    const before = turns.length;
    push(new Frame(2, ids(41, 500)));
    await settle();
    expect(turns.length - before).toBeLessThanOrEqual(1);
  });

  test('waits behind what came before it', async () => {
    const seen: (number | undefined)[] = [];
    const { inbox, push, handed, settle } = openInbox({
      messageMs: 0.5,
      told: () => seen.push(inbox.arrived?.frame),
    });
    push(new Frame(1, ids(1, 20)));
    push(new Frame(2, ids(21, 5)));
    await settle();
    expect(handed).toEqual(ids(1, 25));
    expect(seen).toEqual([...Array(20).fill(1), ...Array(5).fill(2)]);
    // Nothing is held of what was handed on.
    expect(inbox.arrived).toBe(undefined);
  });

  test('does not pile up: beyond 1 MiB, what waits is handed on at once', async () => {
    const { push, handed, settle } = openInbox({ messageMs: 1 });
    for (let frame = 0; frame < 100; frame++) push(new Frame(frame, ids(frame * 20, 20), 100_000));
    expect(handed.length).toBeGreaterThanOrEqual(89 * 20);
    await settle();
    expect(handed).toEqual(ids(0, 2000));
  });

  test('is handed on before the end, if there is one', async () => {
    const { inbox, push, handed, settle } = openInbox({ messageMs: 1 });
    push(new Frame(1, ids(1, 50)));
    inbox.drain();
    expect(handed).toEqual(ids(1, 50));
    await settle();
    expect(handed).toEqual(ids(1, 50));
  });

  test('is not handed on after it was cleared, not even by whoever is handed it', async () => {
    const { inbox, push, handed, settle } = openInbox({
      messageMs: 1,
      told: (id) => {
        if (id === 18) inbox.clear();
      },
    });
    push(new Frame(1, ids(1, 50)));
    push(new Frame(2, ids(51, 1)));
    await settle();
    expect(handed).toEqual(ids(1, 18));
  });

  for (const bad of [1, 2, 3]) {
    test(`is not stopped by message ${bad} of 3 that makes somebody throw, and none comes twice`, async () => {
      const { push, handed, settle } = openInbox({
        told: (id) => {
          if (id === bad) throw new Error('on purpose');
        },
      });
      expect(() => push(new Frame(1, ids(1, 3)))).toThrow('on purpose');
      push(new Frame(2, ids(4, 1)));
      await settle();
      expect(handed).toEqual(ids(1, 4));
    });
  }

  test('holds nothing up any more when the last message was one whose handler threw', async () => {
    const told = (id: number): void => {
      if (id === 20) throw new Error('thrown by a handler');
    };
    const { inbox, push, handed, settle } = openInbox({ told });
    push(new Frame(1, ids(1, 20)));
    await expect(settle()).rejects.toThrow('thrown by a handler');
    await settle();
    expect([handed.length, inbox.goesOn]).toEqual([20, false]);
  });
});
