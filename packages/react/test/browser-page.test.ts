import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BrowserPage } from '../src/browser-page.js';

/** What the platform was asked to call at the next frame. */
let asked: (() => void)[];
let calls: string[];
const note = (call: string) => (): void => void calls.push(call);

beforeEach(() => {
  asked = [];
  calls = [];
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => asked.push(callback));
});
afterEach(() => vi.unstubAllGlobals());

function frame(): void {
  for (const callback of asked.splice(0)) callback();
}

/** A document whose visibility is the test's. */
function withDocument() {
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', document);
  return (visibility: 'visible' | 'hidden'): void => {
    document.visibilityState = visibility;
    document.dispatchEvent(new Event('visibilitychange'));
  };
}

test('all that wait for a frame are called in one task, and what they ask for comes in the next one', () => {
  const page = new BrowserPage();
  page.nextFrame(() => {
    calls.push('first');
    page.nextFrame(note('next'));
  });
  page.nextFrame(note('second'));
  expect(asked).toHaveLength(1);
  frame();
  expect(calls).toEqual(['first', 'second']);
  frame();
  expect(calls).toEqual(['first', 'second', 'next']);
  expect(asked).toEqual([]);
});

test('a frame that comes while the page is hidden is kept until it is seen', () => {
  const show = withDocument();
  const page = new BrowserPage();
  page.nextFrame(note('frame'));
  show('hidden');
  frame();
  page.nextFrame(note('later'));
  expect(calls).toEqual([]);
  expect(asked).toEqual([]);
  show('visible');
  frame();
  expect(calls).toEqual(['frame', 'later']);
});

test('watching tells each change, until it is stopped', () => {
  const show = withDocument();
  const page = new BrowserPage();
  const stop = page.watch(() => calls.push(page.hidden ? 'hidden' : 'visible'));
  show('hidden');
  show('visible');
  stop();
  show('hidden');
  expect(calls).toEqual(['hidden', 'visible']);
});

test('a platform without a document is never hidden', () => {
  const page = new BrowserPage();
  expect(page.hidden).toBe(false);
  page.watch(note('never'))();
});

test('a turn comes after what is under way', async () => {
  const page = new BrowserPage();
  await new Promise<void>((resolve) => {
    page.nextTurn(() => {
      calls.push('turn');
      resolve();
    });
    queueMicrotask(note('microtask'));
  });
  expect(calls).toEqual(['microtask', 'turn']);
});
