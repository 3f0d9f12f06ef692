import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LaunchedChromium, launchChromium, skipReason } from '../chromium.ts';
import { type Apps, noted, openApp, startApps, takePictures } from './harness.ts';

const skipped = await skipReason();

describe.skipIf(skipped)('start page', () => {
  let apps: Apps;
  let browser: LaunchedChromium;

  beforeAll(async () => {
    apps = await startApps();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    apps?.kill();
  });

  test('leads to all apps, and each back to it', async () => {
    const page = await browser.context.newPage();
    await page.goto(apps.url);
    await takePictures({ page, errors: [] }, 'start');
    for (const title of ['Chat', 'Ticker', 'Scores', 'Game']) {
      await page.getByRole('link', { name: new RegExp(`^${title}`) }).click();
      await page.locator('[data-testid="line"][data-state="open"]').waitFor();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(title);
      for (const button of ['Cut the line', 'Restart the server']) {
        await page.getByRole('button', { name: button }).waitFor();
      }
      await page.getByRole('link', { name: 'Hawser' }).click();
    }
    await page.getByRole('link', { name: /^The line/ }).click();
    await page.locator('[data-testid="line"][data-state="open"]').waitFor();
    await takePictures({ page, errors: [] }, 'demo');
    await page.getByRole('link', { name: 'All examples' }).click();
    await page.getByRole('heading', { name: 'Nothing is lost.' }).waitFor();
    await page.close();
  });

  test('cuts the line of one tab, and restarts one server', async () => {
    const chat = await openApp(browser, apps, 'chat/');
    const scores = await openApp(browser, apps, 'scores/');
    const states = await noted(scores, 'line', 'data-state');
    await chat.page.getByTestId('cut').click();
    await chat.page.getByTestId('mend').click();
    await chat.page.getByTestId('restart').click();
    await chat.page.locator('[data-testid="line"]:not([data-state="open"])').waitFor();
    await chat.page.locator('[data-testid="line"][data-state="open"]').waitFor();
    expect(await states()).toEqual(['open']);
    expect([...chat.errors, ...scores.errors]).toEqual([]);
    await apps.stop();
  });
});
