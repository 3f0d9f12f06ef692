import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LaunchedChromium, launchChromium, skipReason } from '../chromium.ts';
import {
  type Apps,
  cut,
  mend,
  openApp,
  restart,
  startApps,
  type Tab,
  takePictures,
  text,
  until,
} from './harness.ts';

const skipped = await skipReason();

const ALL_OBEYED = /^(\d+) of \1$/;
const ALL_TOLD = /^(\d+) of \1 hits told$/;

describe.skipIf(skipped)('game', () => {
  let apps: Apps;
  let browser: LaunchedChromium;
  let ann: Tab;
  let bob: Tab;

  beforeAll(async () => {
    apps = await startApps();
    browser = await launchChromium();
    ann = await openApp(browser, apps, 'game/');
    bob = await openApp(browser, apps, 'game/');
  });

  afterAll(async () => {
    await browser?.close();
    apps?.kill();
  });

  test('gives each page a boat of its own, which all see', async () => {
    await until(() => text(ann, 'welcome')).toBe('welcome aboard the Petrel');
    await until(() => text(bob, 'welcome')).toBe('welcome aboard the Curlew');
    for (const tab of [ann, bob]) {
      await until(() => text(tab, 'players')).toBe('2');
      for (const name of ['Petrel', 'Curlew']) await until(() => text(tab, 'boats')).toContain(name);
    }
  });

  test('sails as the helm says', async () => {
    await ann.page.bringToFront();
    const before = await pixels(ann);
    await ann.page.keyboard.down('ArrowUp');
    await ann.page.keyboard.down('ArrowLeft');
    await until(() => knots(ann)).toBeGreaterThanOrEqual(3);
    await ann.page.keyboard.up('ArrowLeft');
    await ann.page.keyboard.up('ArrowUp');
    await until(() => knots(ann)).toBe(0);
    expect(await pixels(ann)).not.toBe(before);
    await until(() => text(ann, 'obeyed')).toMatch(ALL_OBEYED);
  });

  test('lets nobody see that a line is cut, and tells its page afterwards what befell its boat', async () => {
    const hits = await hitsTaken(bob, 'Petrel');
    await cut(ann);
    const [left, words] = [await number(ann, 'left-out'), await number(bob, 'said')];
    await bob.page.bringToFront();
    await until(() => hitsTaken(bob, 'Petrel')).toBeGreaterThan(hits);
    // Twenty words a second: more frames than those that are sent ahead.
    await until(() => number(bob, 'said')).toBeGreaterThan(words + 80);
    expect(await text(bob, 'players')).toBe('2');
    expect(await told(ann)).toBe(hits);

    await ann.page.bringToFront();
    await mend(ann);
    // The bay as it is now, not the film of what was missed.
    await until(() => number(ann, 'left-out')).toBeGreaterThan(left);
    await until(() => told(ann)).toBeGreaterThan(hits);
    await until(() => text(ann, 'told')).toMatch(ALL_TOLD);
    await until(() => text(ann, 'obeyed')).toMatch(ALL_OBEYED);
    expect(await text(ann, 'welcome')).toBe('welcome aboard the Petrel');
  });

  test('has everybody at sea again after the server restarted, each once', async () => {
    const hits = await told(ann);
    await restart(ann, bob);
    await until(() => text(ann, 'welcome')).toBe('welcome aboard the Petrel (2 times)');
    await until(() => text(bob, 'welcome')).toBe('welcome aboard the Curlew (2 times)');
    for (const tab of [ann, bob]) {
      await tab.page.bringToFront();
      await until(() => text(tab, 'players')).toBe('2');
      await until(() => text(tab, 'told')).toMatch(ALL_TOLD);
      await until(() => text(tab, 'obeyed')).toMatch(ALL_OBEYED);
    }
    expect(await told(ann)).toBeGreaterThanOrEqual(hits);
    await ann.page.bringToFront();
    await ann.page.keyboard.down('ArrowUp');
    await until(() => knots(ann)).toBeGreaterThanOrEqual(3);
    await ann.page.keyboard.up('ArrowUp');
  });

  test('is fit to be seen', async () => {
    await ann.page.keyboard.down('ArrowUp');
    await until(() => knots(ann)).toBeGreaterThanOrEqual(3);
    await takePictures(ann, 'game');
    await ann.page.keyboard.up('ArrowUp');
    await cut(ann);
    await takePictures(ann, 'game-cut');
    await mend(ann);
  });

  test('notices who leaves, and stops with nothing left open', async () => {
    await bob.page.close();
    await until(() => text(ann, 'players')).toBe('1');
    expect([...ann.errors, ...bob.errors]).toEqual([]);
    await apps.stop();
  });
});

async function number(tab: Tab, testId: string): Promise<number> {
  return Number((await text(tab, testId)).replaceAll(',', ''));
}

const knots = (tab: Tab): Promise<number> => number(tab, 'knots');

/** Hits that the server told this page of. */
async function told(tab: Tab): Promise<number> {
  return Number((await text(tab, 'told')).match(/^\d+/)?.[0]);
}

async function hitsTaken({ page }: Tab, boat: string): Promise<number> {
  return Number(await page.getByTestId(`boat-${boat}`).locator('td').last().innerText());
}

function pixels({ page }: Tab): Promise<string> {
  return page.getByTestId('bay').evaluate((bay: HTMLCanvasElement) => bay.toDataURL());
}
