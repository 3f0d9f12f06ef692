import { describe, expect, test } from 'vitest';
import type { Delivery, Hand } from '../../src/session/delivery.ts';
import { Inbox } from '../../src/session/inbox.ts';
import type { Message } from '../../src/wire/message.ts';
import { messageKinds } from '../../src/wire/message.ts';
import { ManualTurn } from '../harness/manual-turn.ts';

/** So many messages, each with an id of its own. */
class Frame implements Delivery {
  readonly frame: number;
  readonly bytes: number;
  readonly least = 0;
  readonly #ids: number[];

  constructor(frame: number, ids: readonly number[], bytes = 1000) {
    this.frame = frame;
    this.bytes = bytes;
    this.#ids = [...ids];
  }

  get done(): boolean {
    return this.#ids.length === 0;
  }

  next(hand: Hand): void {
    const message: Message = [messageKinds.end, this.#ids.shift() ?? 0];
    hand(message, { sections: [], inParts: false });
  }
}

/** An inbox on a clock that each message moves on by so many ms. */
function openInbox(messageMs: number, told: (id: number) => void = () => {}) {
  const turn = new ManualTurn();
  const handed: number[] = [];
  let now = 0;
  const inbox = new Inbox({
    turn,
    now: () => now,
    hand([, id]) {
      handed.push(id as number);
      now += messageMs;
      told(id as number);
    },
  });
  return { inbox, turn, handed };
}

const ids = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('what comes in', () => {
  test('is handed on at once while that is quick', () => {
    const { inbox, turn, handed } = openInbox(0.01);
    inbox.push(new Frame(1, ids(1, 200)));
    expect([handed.length, turn.pending]).toEqual([200, 0]);
  });

  test('gives the turn back after 4 ms, and goes on in the next', () => {
    const { inbox, turn, handed } = openInbox(0.5);
    inbox.push(new Frame(1, ids(1, 40)));
    expect(handed).toEqual(ids(1, 16));
    turn.run();
    expect(handed).toEqual(ids(1, 32));
    turn.run();
    expect(handed).toEqual(ids(1, 40));
    expect(turn.run()).toBe(false);
  });

  test('waits behind what came before it', () => {
    const { inbox, turn, handed } = openInbox(0.5);
    inbox.push(new Frame(1, ids(1, 20)));
    inbox.push(new Frame(2, ids(21, 5)));
    expect(handed).toEqual(ids(1, 16));
    expect(inbox.arrived?.frame).toBe(1);
    turn.run();
    expect(handed).toEqual(ids(1, 25));
    expect(inbox.arrived?.frame).toBe(2);
  });

  test('does not pile up: beyond a bound, what waits is handed on at once', () => {
    const { inbox, turn, handed } = openInbox(1);
    for (let frame = 0; frame < 100; frame++) inbox.push(new Frame(frame, ids(frame * 20, 20), 100_000));
    // At most two frames and what is left of a third wait.
    expect(handed.length).toBeGreaterThanOrEqual(97 * 20);
    while (turn.run());
    expect(handed).toEqual(ids(0, 2000));
  });

  test('is handed on before the end, if there is one', () => {
    const { inbox, turn, handed } = openInbox(1);
    inbox.push(new Frame(1, ids(1, 50)));
    inbox.drain();
    expect(handed).toEqual(ids(1, 50));
    turn.run();
    expect(handed).toEqual(ids(1, 50));
  });

  test('is not handed on after it was cleared, not even by whoever is handed it', () => {
    const { inbox, turn, handed } = openInbox(1, (id) => {
      if (id === 20) inbox.clear();
    });
    inbox.push(new Frame(1, ids(1, 50)));
    inbox.push(new Frame(2, ids(51, 1)));
    while (turn.run());
    expect(handed).toEqual(ids(1, 20));
  });

  test('is not stopped by a message that makes somebody throw', () => {
    const { inbox, handed } = openInbox(0, (id) => {
      if (id === 2) throw new Error('on purpose');
    });
    expect(() => inbox.push(new Frame(1, ids(1, 3)))).toThrow('on purpose');
    inbox.push(new Frame(2, ids(4, 1)));
    expect(handed).toEqual(ids(1, 4));
  });
});
