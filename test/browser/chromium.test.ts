import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LaunchedChromium, launchChromium, skipReason } from './chromium.ts';

const skipped = await skipReason();

describe.skipIf(skipped)('chromium', () => {
  let browser: LaunchedChromium;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  test('renders a page and runs its script', async () => {
    const page = await browser.context.newPage();
    await page.setContent('<h1></h1><script>document.querySelector("h1").textContent = "hawser"</script>');
    expect(await page.textContent('h1')).toBe('hawser');
    expect(await page.evaluate('typeof WebSocket')).toBe('function');
  });
});
