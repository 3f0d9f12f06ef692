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
  until,
} from './harness.ts';

const skipped = await skipReason();

describe.skipIf(skipped)('scores', () => {
  let apps: Apps;
  let browser: LaunchedChromium;
  /** Stays, and sees everything as it happens. */
  let ann: Tab;
  /** Comes and goes. */
  let bob: Tab;

  beforeAll(async () => {
    apps = await startApps();
    browser = await launchChromium();
    ann = await openApp(browser, apps, 'scores/');
    bob = await openApp(browser, apps, 'scores/');
  });

  afterAll(async () => {
    await browser?.close();
    apps?.kill();
  });

  test('tells of four matches at a time', async () => {
    await until(async () => (await view(ann)).matches.length).toBe(4);
    const { seq } = await view(ann);
    await until(async () => (await view(ann)).seq).toBeGreaterThan(seq);
    await seeTheSame();
  });

  test('goes on with its session after a short cut', async () => {
    await cut(bob);
    await mend(bob);
    await until(() => absences(bob)).toEqual(['The session went on']);
    await seeTheSame();
  });

  test('replays from the log what happened in minutes', async () => {
    await beAway(10);
    await until(() => absences(bob)).toEqual(['Caught up from the log', 'The session went on']);
    await seeTheSame();
  });

  test('begins again with the table after hours', async () => {
    const { seq } = await view(bob);
    await beAway(240);
    await until(() => absences(bob)).toContain('A gap: began again with the table');
    expect((await view(bob)).seq).toBeGreaterThan(seq + 40);
    expect(await bob.page.getByTestId('absences').innerText()).toMatch(
      /missed\. The table has this round; of earlier ones [1-9]\d* will never be told\./,
    );
    await seeTheSame();
    // The one who stayed saw all of it.
    expect(await absences(ann)).toEqual([]);
  });

  test('knows after a restart what happened meanwhile', async () => {
    await restart(ann, bob);
    for (const tab of [ann, bob]) {
      await until(async () => (await absences(tab))[0]).toBe('A gap: began again with the table');
    }
    await seeTheSame();
    const { seq } = await view(ann);
    await until(async () => (await view(ann)).seq).toBeGreaterThan(seq);
    await seeTheSame();
  });

  test('tells who comes late the same', async () => {
    const eve = await openApp(browser, apps, 'scores/');
    await until(async () => same(await view(eve), await view(ann))).toBe(true);
    await eve.page.close();
    expect(eve.errors).toEqual([]);
  });

  test('looks like something to be shown', async () => {
    await takePictures(bob, 'scores');
    await cut(bob);
    await takePictures(bob, 'scores-cut');
    await mend(bob);
  });

  test('stops with nothing left open', async () => {
    expect([...ann.errors, ...bob.errors]).toEqual([]);
    await apps.stop();
  });

  async function beAway(minutes: number): Promise<void> {
    await bob.page.getByTestId(`away-${minutes}`).click();
    await bob.page.getByTestId('mend').waitFor();
    await bob.page.locator('[data-testid="line"][data-state="open"]').waitFor();
  }

  /** Both see the same, at some time soon; and never was a number missing, or there twice. */
  async function seeTheSame(): Promise<void> {
    await until(async () => same(await view(ann), await view(bob))).toBe(true);
    for (const tab of [ann, bob]) expect(await view(tab)).toMatchObject({ missing: 0, repeated: 0 });
  }
});

interface View {
  readonly round: number;
  readonly seq: number;
  readonly missing: number;
  readonly repeated: number;
  /** Teams and score of each match. */
  readonly matches: readonly string[];
  readonly news: readonly string[];
}

/** All that a person sees of the matches, read at one time. */
function view({ page }: Tab): Promise<View> {
  return page.evaluate(() => {
    const find = (id: string): Element | null => document.querySelector(`[data-testid="${id}"]`);
    const number = (id: string): number => Number(find(id)?.textContent);
    const texts = (id: string, selector: string): string[] =>
      [...(find(id)?.querySelectorAll(selector) ?? [])].map((element) => element.textContent ?? '');
    return {
      round: number('round'),
      seq: number('seq'),
      missing: number('missing'),
      repeated: number('repeated'),
      matches: texts('matches', '.teams'),
      news: texts('news', 'li'),
    };
  });
}

function same(a: View, b: View): boolean {
  return JSON.stringify(a) === JSON.stringify(b) && a.seq > 0;
}

/** How the tab came to what it had missed, the newest first. */
function absences({ page }: Tab): Promise<string[]> {
  return page.getByTestId('absences').locator('b').allInnerTexts();
}
