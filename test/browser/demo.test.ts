import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LaunchedChromium, launchChromium, skipReason } from './chromium.ts';

const demo = fileURLToPath(new URL('../../examples/demo', import.meta.url));
const skipped = await skipReason();

/** Longer than any test: the line comes back when the test says so. */
const HOLD_MS = 600_000;

describe.skipIf(skipped)('demo', () => {
  let server: DemoServer;
  let browser: LaunchedChromium;
  let ann: Tab;
  let bob: Tab;

  beforeAll(async () => {
    await promisify(execFile)('npm', ['run', 'build'], { cwd: demo });
    server = await startServer();
    browser = await launchChromium();
    ann = await openTab(browser, server.url);
    bob = await openTab(browser, server.url);
  });

  afterAll(async () => {
    await browser?.close();
    server?.process.kill('SIGKILL');
  });

  test('draws the machine as it lives', async () => {
    const items = await number(ann, 'items');
    const pixels = await chartPixels(ann);
    await until(() => number(ann, 'items')).toBeGreaterThan(items + 10);
    await until(() => chartPixels(ann)).not.toBe(pixels);
    expect(await number(ann, 'missing')).toBe(0);
  });

  test('shows who is here, and by which name', async () => {
    await until(() => text(ann, 'people-count')).toBe('2');
    await ann.page.getByTestId('name').fill('Ann');
    await ann.page.getByTestId('name').press('Enter');
    await until(() => text(bob, 'people')).toContain('Ann');
    expect(await text(bob, 'people-count')).toBe('2');
  });

  test('carries a message from one tab to the other', async () => {
    await say(ann, 'Is the line fast?');
    for (const tab of [ann, bob]) await until(() => timesShown(tab, 'Is the line fast?')).toBe(1);
  });

  test('holds when the line is cut', async () => {
    await cut(server, ann, HOLD_MS);
    await until(() => text(ann, 'state')).not.toBe('open');
    await say(bob, 'Said while it was down');
    await until(() => timesShown(bob, 'Said while it was down')).toBe(1);
    await say(ann, 'Written while it was down');
    await until(() => text(ann, 'outgoing')).toContain('waiting for the line');
    expect(await timesShown(ann, 'Said while it was down')).toBe(0);

    await cut(server, ann, 0);
    await until(() => text(ann, 'state')).toBe('open');
    expect(await number(ann, 'reconnects')).toBe(1);
    const items = await number(ann, 'items');
    await until(() => number(ann, 'items')).toBeGreaterThan(items + 10);
    for (const tab of [ann, bob]) {
      await until(() => timesShown(tab, 'Said while it was down')).toBe(1);
      await until(() => timesShown(tab, 'Written while it was down')).toBe(1);
      expect(await timesShown(tab, 'Is the line fast?')).toBe(1);
      await until(() => text(tab, 'people-count')).toBe('2');
    }
  });

  test('is silent about nothing', async () => {
    expect(await number(ann, 'repeats')).toBe(0);
    expect(await text(ann, 'log')).toMatch(/Back after \d+ ms/);
    if ((await number(ann, 'missing')) > 0) expect(await number(ann, 'gaps')).toBeGreaterThan(0);
    for (const figure of ['reconnects', 'gaps', 'missing', 'repeats'])
      expect(await number(bob, figure)).toBe(0);
  });

  test('notices that a tab has left, and stops with nothing left open', async () => {
    await bob.page.close();
    await until(() => text(ann, 'people-count')).toBe('1');
    expect([...ann.errors, ...bob.errors]).toEqual([]);
    server.process.kill('SIGTERM');
    expect(await once(server.process, 'exit')).toEqual([0, null]);
    expect(server.stderr()).toBe('');
  });
});

interface DemoServer {
  readonly process: ChildProcess;
  readonly url: string;
  stderr(): string;
}

async function startServer(): Promise<DemoServer> {
  const child = spawn(process.execPath, ['dist/server/main.js'], {
    cwd: demo,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const exited = once(child, 'exit').then(() => Promise.reject(new Error(`The demo ended: ${stderr}`)));
  exited.catch(() => {});
  const [line] = (await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), exited])) as [string];
  expect(line).toMatch(/^http:\/\/localhost:\d+\n$/);
  return { process: child, url: line.trim(), stderr: () => stderr };
}

interface Tab {
  readonly page: Page;
  /** As its WebSocket's URL names it. */
  readonly id: string;
  /** What the page reported, but for dials that were cut on purpose. */
  readonly errors: string[];
}

async function openTab({ context }: LaunchedChromium, url: string): Promise<Tab> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('WebSocket')) errors.push(message.text());
  });
  const [socket] = await Promise.all([page.waitForEvent('websocket'), page.goto(url)]);
  await page.locator('[data-testid="line"][data-state="open"]').waitFor();
  return { page, id: new URL(socket.url()).searchParams.get('tab') ?? '', errors };
}

/** Destroys the tab's socket, and for `holdMs` those that it dials. */
async function cut(server: DemoServer, { id }: Tab, holdMs: number): Promise<void> {
  await fetch(`${server.url}/cut?tab=${id}&hold=${holdMs}`, { method: 'POST' });
}

async function say({ page }: Tab, message: string): Promise<void> {
  await page.getByTestId('message').fill(message);
  await page.getByTestId('send').click();
}

/** How often a tab shows the message as received. */
async function timesShown({ page }: Tab, message: string): Promise<number> {
  const shown = await page.getByTestId('messages').locator('li:not([data-outgoing])').allInnerTexts();
  return shown.filter((entry) => entry.includes(message)).length;
}

function text({ page }: Tab, testId: string): Promise<string> {
  return page.getByTestId(testId).innerText();
}

async function number(tab: Tab, testId: string): Promise<number> {
  return Number(await text(tab, testId));
}

function chartPixels({ page }: Tab): Promise<string> {
  return page.getByTestId('chart-processor').evaluate((chart: HTMLCanvasElement) => chart.toDataURL());
}

function until<T>(read: () => Promise<T>) {
  return expect.poll(read, { timeout: 30_000, interval: 50 });
}
