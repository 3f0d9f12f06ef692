import { describe, expect, it } from 'vitest';
import type { RecordedSubscription } from '../harness/recorded-subscription.ts';
import { servedWorld } from '../harness/served-world.ts';
import { drops, openChannels, window } from './channel-world.ts';

/** What a watcher was told, without the ids of events. */
function told(watcher: RecordedSubscription): readonly unknown[] {
  return watcher.items;
}

const ended = { type: 'leave', id: 'ada' };
const joined = { type: 'join', id: 'ada', meta: 'here' };

describe('a member', () => {
  it('whose line drops and is resumed was there all the time', () => {
    const { state, procedures } = openChannels();
    return servedWorld(procedures, window, async (world) => {
      const sub = world.subscribe('room', 'ada');
      await world.settle();
      const leaves: string[] = [];
      const watcher = state.rooms.at('a').presence.subscribe()[Symbol.asyncIterator]();
      expect((await watcher.next()).value?.[1]).toMatchObject({ members: [{ id: 'ada' }] });
      const next = watcher.next().then(({ value }) => leaves.push(JSON.stringify(value?.[1])));
      for (let i = 0; i < 3; i++) await drops(world);
      expect([...state.rooms.at('a').presence.members.keys()]).toEqual(['ada']);
      expect(leaves).toEqual([]);
      sub.subscription.leave();
      await world.settle();
      await next;
      expect(leaves).toEqual([JSON.stringify(ended)]);
      await watcher.return?.();
    })();
  });

  it('leaves when its session has ended, and comes back with its next', () => {
    const { state, procedures } = openChannels();
    return servedWorld(procedures, window, async (world) => {
      const sub = world.subscribe('room', 'ada');
      const watcher = world.subscribe('presence');
      await world.settle();
      world.network.down = true;
      world.network.wire.cut();
      await world.advance(30_000);
      expect(state.rooms.at('a').presence.size).toBe(1);
      await world.advance(40_000);
      expect(state.rooms.at('a').presence.size).toBe(0);
      world.network.down = false;
      await world.advance(60_000);
      expect(state.rooms.at('a').presence.size).toBe(1);
      expect(told(watcher).slice(-2)).toEqual([ended, joined]);
      sub.subscription.leave();
      watcher.subscription.leave();
    })();
  });

  it('is there again after its server was started anew, and watchers are told who is', () => {
    const { state, restart, procedures } = openChannels();
    return servedWorld(procedures, window, async (world) => {
      const sub = world.subscribe('room', 'ada', { survivesGaps: true });
      const watcher = world.subscribe('presence');
      await world.settle();
      restart(world);
      await world.advance(10_000);
      expect([...state.rooms.at('a').presence.members.keys()]).toEqual(['ada']);
      const events = told(watcher);
      expect(events.filter((event) => (event as { type: string }).type === 'leave')).toEqual([]);
      expect(events.slice(-2)).toEqual([{ type: 'here', members: [] }, joined]);
      sub.subscription.leave();
      watcher.subscription.leave();
    })();
  });

  it('with several tabs leaves once, with the last', () => {
    const { state, procedures } = openChannels();
    return servedWorld(procedures, window, async (world) => {
      const watcher = world.subscribe('presence');
      const tabs = ['ada', 'ada', 'bob', 'ada'].map((id) => world.subscribe('room', id));
      await world.settle();
      expect(state.rooms.at('a').presence.size).toBe(2);
      for (const tab of tabs) {
        tab.subscription.leave();
        await world.settle();
      }
      expect(told(watcher)).toEqual([
        { type: 'here', members: [] },
        joined,
        { ...joined, id: 'bob' },
        { ...ended, id: 'bob' },
        ended,
      ]);
      watcher.subscription.leave();
    })();
  });

  it('whose handler loops over the channel leaves at once, and not with the next event', () => {
    const { state, procedures } = openChannels();
    return servedWorld(procedures, window, async (world) => {
      const sub = world.subscribe('byHand', 'ada');
      await world.settle();
      const room = state.rooms.at('a');
      expect([room.subscribers, room.presence.size]).toEqual([1, 1]);
      sub.subscription.leave();
      await world.settle();
      expect([room.subscribers, room.presence.size]).toEqual([0, 0]);
    })();
  });

  it('leaves when its subscription fails, or its channel is closed', () => {
    const { state, procedures } = openChannels();
    const failures: string[] = [];
    return servedWorld(procedures, { ...window, failures }, async (world) => {
      const watcher = world.subscribe('presence');
      await world.settle();
      const failing = world.subscribe('fails', 'ada');
      await world.settle();
      expect([failing.story.at(-1), failures]).toEqual(['error', ['no state']]);
      expect(told(watcher).slice(1)).toEqual([joined, ended]);
      const closed = ['room', 'byHand'].map((path) => world.subscribe(path, 'ada'));
      await world.settle();
      const { presence } = state.rooms.at('a');
      expect(presence.size).toBe(1);
      state.rooms.close();
      await world.settle();
      expect(closed.map((sub) => sub.story.at(-1))).toEqual(['ended', 'ended']);
      expect([watcher.story.at(-1), presence.size]).toEqual(['ended', 0]);
    })();
  });
});
