import { expect, test } from 'vitest';
import { ConnectionStore } from '../src/connection-store.js';
import { RoundTripTickers } from '../src/round-trip-ticker.js';
import { FakeLine } from './fake-line.ts';
import { FakePage } from './fake-page.ts';

/** A component that renders when its view is another object, and reads what `render` reads of it. */
function mount(render: (view: ReturnType<ConnectionStore['view']>) => unknown) {
  const page = new FakePage();
  const line = new FakeLine('open');
  const store = new ConnectionStore(line, new RoundTripTickers(page).of(line));
  let view = store.view();
  const renders = [render(view)];
  const leave = store.subscribe(() => {
    if (store.view() === view) return;
    view = store.view();
    renders.push(render(view));
  });
  return {
    page,
    line,
    store,
    renders,
    leave() {
      leave();
      expect(page.open).toBe(0);
      expect(line.listeners.size).toBe(0);
    },
  };
}

test('who reads the round trip renders for another one', () => {
  const { page, line, renders, leave } = mount(({ roundTripMs }) => roundTripMs);
  page.pass(1000);
  expect(line.measured).toBe(1);
  line.roundTripMs = 12;
  page.pass(1000);
  page.pass(1000);
  line.roundTripMs = 15;
  page.pass(1000);
  expect(renders).toEqual([undefined, 12, 15]);
  leave();
});

test('who does not read the round trip does not render for it, and has nothing sent', () => {
  const { page, line, renders, leave } = mount(({ state }) => state);
  for (const ms of [12, 15, 11]) {
    line.roundTripMs = ms;
    page.pass(1000);
  }
  line.become('waiting');
  expect(renders).toEqual(['open', 'waiting']);
  expect(line.measured).toBe(0);
  leave();
});

test('who reads the round trip in some states renders for it in these only', () => {
  const { page, line, renders, leave } = mount((view) =>
    view.state === 'open' ? view.roundTripMs : view.state,
  );
  line.become('waiting');
  line.roundTripMs = 12;
  page.pass(1000);
  line.become('open');
  expect(renders).toEqual([undefined, 'waiting', 12]);
  leave();
});

test('a view never changes, and one that nobody read has the newest round trip when it is read', () => {
  const { line, store, leave } = mount(({ state }) => state);
  const view = store.view();
  line.roundTripMs = 12;
  expect(store.view()).toBe(view);
  expect(view.roundTripMs).toBe(12);
  line.roundTripMs = 15;
  expect(view.roundTripMs).toBe(12);
  expect(store.view()).not.toBe(view);
  expect(store.view().roundTripMs).toBe(15);
  leave();
});

test('a copy of a view has the round trip, and retry is that of the connection', () => {
  const { line, store, leave } = mount(({ state }) => state);
  line.roundTripMs = 12;
  const { retry, ...fields } = store.view();
  expect(fields).toEqual({ ...line.status, roundTripMs: 12 });
  retry();
  expect(line.retried).toBe(1);
  leave();
});

test('where no effect runs it is idle', () => {
  const { store, leave } = mount(({ state }) => state);
  expect(store.firstView()).toMatchObject({ state: 'idle', attempt: 0, roundTripMs: undefined });
  expect(store.firstView()).toBe(store.firstView());
  leave();
});
