import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LaunchedChromium, launchChromium, skipReason } from './chromium.ts';
import type { PageServer } from './tanstack/page-server.ts';
import { servePage } from './tanstack/page-server.ts';

const skipped = await skipReason();

describe.skipIf(skipped)('TanStack Query over the link, in StrictMode', () => {
  let browser: LaunchedChromium;
  let server: PageServer;
  let page: Page;
  let errors: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  beforeEach(async () => {
    server = await servePage();
    errors = [];
    page = await browser.context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      // What Chromium itself says of a socket that was cut on purpose.
      if (message.type() === 'error' && !message.text().startsWith('WebSocket')) errors.push(message.text());
    });
    await page.goto(server.url);
    await page.getByTestId('show-on').waitFor();
  });
  afterEach(async () => {
    await page.close();
    await until(() => server.sessions()).toBe(0);
    await server.close();
    expect(errors).toEqual([]);
  });

  const show = (what: string): Promise<void> => page.getByTestId(`show-${what}`).click();
  const text = (testId: string): Promise<string> => page.getByTestId(testId).innerText();

  test('useSubscription is connecting, then pending with data, from one subscription at the server', async () => {
    await show('on');
    await until(() => text('watch-data')).toBe('1 1');
    expect(await text('watch-trail')).toBe('connecting pending');
    expect(await text('watch-error')).toBe('none');
    expect(server.witness).toMatchObject({ started: 1, live: 1 });
    expect(server.sessions()).toBe(1);
  });

  test('an unmount leaves no subscription at the server, and the session open', async () => {
    await show('on');
    await until(() => text('watch-status')).toBe('pending');
    await show('nothing');
    await until(() => server.witness.live).toBe(0);
    await show('on');
    await until(() => text('watch-data')).toBe('1 1');
    expect(server.witness).toMatchObject({ started: 2, live: 1 });
    expect(server.sessions()).toBe(1);
  });

  test.each(['skipped', 'disabled'])('useSubscription that is %s is idle and never starts', async (how) => {
    await show(how);
    expect(await text('watch-trail')).toBe('idle');
    await show('name');
    await until(() => text('name')).toBe('Ada 0');
    expect(server.witness.started).toBe(0);
  });

  test.each(['skipped', 'disabled'])('useSubscription that becomes %s ends at the server', async (how) => {
    await show('on');
    await until(() => text('watch-status')).toBe('pending');
    await show(how);
    await until(() => server.witness.live).toBe(0);
    await show('on');
    await until(() => server.witness.live).toBe(1);
  });

  test('useSubscription at a long drop is connecting with an error and keeps its data, then pending', async () => {
    await show('on');
    await until(() => text('watch-data')).toBe('1 1');
    server.proxy.refuse();
    server.witness.happen();
    await until(() => text('watch-status')).toBe('connecting');
    expect(await text('watch-error')).not.toBe('none');
    expect(await text('watch-data')).toBe('1 1');
    server.proxy.accept();
    await until(() => text('watch-data')).toBe('2 2');
    expect(await text('watch-trail')).toBe('connecting pending connecting pending');
    expect(await text('watch-error')).toBe('none');
    expect(server.witness).toMatchObject({ started: 1, live: 1 });
  });

  test('useSubscription at a short drop stays pending, and the same subscription goes on', async () => {
    await show('on');
    await until(() => text('watch-data')).toBe('1 1');
    server.proxy.cut();
    server.witness.happen();
    await until(() => text('watch-data')).toBe('2 2');
    expect(await text('watch-trail')).toBe('connecting pending');
    expect(server.witness).toMatchObject({ started: 1, live: 1 });
  });

  test('useSubscription whose session is lost starts again from its last event, and is pending', async () => {
    await show('on');
    await until(() => text('watch-data')).toBe('1 1');
    server.proxy.refuse();
    server.endSessions();
    await until(() => server.witness.live).toBe(0);
    server.witness.happen();
    await until(() => text('watch-status')).toBe('connecting');
    server.proxy.accept();
    await until(() => text('watch-data')).toBe('2 2');
    expect(await text('watch-trail')).toBe('connecting pending connecting pending');
    expect(await text('watch-error')).toBe('none');
    expect(server.witness).toMatchObject({ started: 2, live: 1 });
  });

  test('useSubscription whose generator throws is error with the server’s error, and starts again at reset', async () => {
    await show('fail');
    await until(() => text('fail-status')).toBe('error');
    expect(await text('fail-error')).toBe('FORBIDDEN: No more');
    expect(await text('fail-data')).toBe('1');
    expect(server.witness.failed).toBe(1);
    await page.getByTestId('fail-reset').click();
    await until(() => server.witness.failed).toBe(2);
    await until(() => text('fail-status')).toBe('error');
  });

  test('useQuery and useMutation: data, an invalidation, and an error', async () => {
    await show('name');
    await until(() => text('name')).toBe('Ada 0');
    await page.getByTestId('rename').click();
    await until(() => text('name')).toBe('Grace 0');
    await page.getByTestId('rename-badly').click();
    await until(() => text('rename-error')).toBe('BAD_REQUEST');
    expect(server.witness.name).toBe('Grace');
  });
});

function until<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: 30_000, interval: 20 });
}
