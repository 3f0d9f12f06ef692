import { expect, test } from 'vitest';
import { selection } from '../src/selection.js';
import type { StreamSnapshot } from '../src/stream-store.js';

const live = { status: 'live', gap: undefined, error: undefined } as const;
const ended = { status: 'ended', gap: undefined, error: undefined } as const;

function store(first: StreamSnapshot<number, Error>) {
  const it = {
    now: first,
    restart() {},
    snapshot: () => it.now,
    firstSnapshot: () => first,
  };
  return it;
}

test('the result is the same object until what is selected changes, or the standing', () => {
  const it = store({ state: 1, standing: live, crash: undefined });
  const { read, readServer } = selection(it, (state) => state > 5);
  const first = read();
  expect(first).toEqual({ ...live, data: false, restart: it.restart });
  it.now = { ...it.now, state: 2 };
  expect(read()).toBe(first);
  it.now = { ...it.now, state: 6 };
  const second = read();
  expect(second.data).toBe(true);
  expect(read()).toBe(second);
  it.now = { ...it.now, standing: ended };
  expect(read()).toMatchObject({ status: 'ended', data: true });
  expect(readServer()).toMatchObject({ status: 'live', data: false });
});

test('reading throws what code of the user threw', () => {
  const error = new Error('No');
  const { read } = selection(store({ state: 1, standing: ended, crash: { error } }), (state) => state);
  expect(read).toThrow(error);
});
