import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/session/ports.ts';
import type { RoomOwner } from '../../src/session/stream-room.ts';
import { StreamRoom } from '../../src/session/stream-room.ts';
import { ManualTurn } from '../harness/manual-turn.ts';

/** A room whose items take time and no space: what a turn takes of them is bound by the clock alone. */
function slowRoom(): { room: StreamRoom; turn: ManualTurn; pull: () => number; given: () => number } {
  const turn = new ManualTurn();
  let now = 0;
  let given = 0;
  const clock: Clock = { now: () => now, after: () => ({ cancel() {} }) };
  const owner: RoomOwner = {
    itemsWaiting: 0,
    itemsInParts: 0,
    itemWindow: 1_000_000,
    schedule() {},
    giveRoom() {
      given++;
      return false;
    },
  };
  const room = new StreamRoom(owner, turn, clock);
  const pull = (): number => {
    let items = 0;
    while (room.reserve(0)) {
      room.release(0);
      items++;
      now++;
    }
    return items;
  };
  return { room, turn, pull, given: () => given };
}

describe('a turn of pulling', () => {
  it('ends after a few milliseconds, and goes on when the loop has turned, also where there is no socket', () => {
    const { turn, pull, given } = slowRoom();
    expect(pull()).toBe(15);
    expect(given()).toBe(0);
    turn.run();
    expect(given()).toBe(1);
    expect(pull()).toBe(15);
  });

  it('begins anew with each flush', () => {
    const { room, pull, given } = slowRoom();
    for (let turns = 0; turns < 10; turns++) {
      for (let items = 0; items < 10; items++) expect(room.reserve(0)).toBe(true);
      room.flushed();
    }
    expect(given()).toBe(0);
    expect(pull()).toBe(15);
  });
});
