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

  test('goes on with the same session when the line is cut', async () => {
    await harm(server, ann, 'cut', HOLD_MS);
    await until(() => text(ann, 'state')).not.toBe('open');
    await say(bob, 'Said while it was down');
    await until(() => timesShown(bob, 'Said while it was down')).toBe(1);
    await say(ann, 'Written while it was down');
    await until(() => text(ann, 'outgoing')).toContain('waiting for the line');
    await until(async () => waiting(await calls(ann))).toBeGreaterThan(1);
    expect(await timesShown(ann, 'Said while it was down')).toBe(0);
    // The one whose line is cut has not left: its subscriptions live on at the server.
    expect(await text(bob, 'people-count')).toBe('2');

    const { made } = await calls(ann);
    await harm(server, ann, 'cut', 0);
    await until(() => number(ann, 'resumes')).toBe(1);
    const items = await number(ann, 'items');
    await until(() => number(ann, 'items')).toBeGreaterThan(items + 10);
    await until(async () => (await calls(ann)).answered).toBeGreaterThanOrEqual(made);
    for (const tab of [ann, bob]) {
      await until(() => timesShown(tab, 'Said while it was down')).toBe(1);
      await until(() => timesShown(tab, 'Written while it was down')).toBe(1);
      expect(await timesShown(tab, 'Is the line fast?')).toBe(1);
    }
    expect(await text(ann, 'log')).toMatch(/Resumed after [\d.]+ m?s/);
    expect(await damage(ann)).toEqual(unharmed);
  });

  test('survives one cut after the other', async () => {
    for (let resumes = 2; resumes <= 6; resumes++) {
      await harm(server, ann, 'cut', 0);
      await until(() => number(ann, 'resumes')).toBe(resumes);
    }
    const { made } = await calls(ann);
    const items = await number(ann, 'items');
    await until(() => number(ann, 'items')).toBeGreaterThan(items + 10);
    await until(async () => (await calls(ann)).answered).toBeGreaterThanOrEqual(made);
    expect(await damage(ann)).toEqual(unharmed);
  });

  test('tells what is missing when the session is lost, and misses no message', async () => {
    await harm(server, ann, 'lose', HOLD_MS);
    await until(() => text(ann, 'state')).not.toBe('open');
    await until(() => text(bob, 'people-count')).toBe('1');
    await say(bob, 'Said to one who was lost');
    await until(() => timesShown(bob, 'Said to one who was lost')).toBe(1);
    await say(ann, 'Written by one who was lost');

    await harm(server, ann, 'cut', 0);
    await until(() => number(ann, 'gaps')).toBe(1);
    expect(await text(ann, 'log')).toContain('Gap in the samples: ended');
    await until(() => text(ann, 'log')).toContain('Session lost; another began');
    await until(() => number(ann, 'missing')).toBeGreaterThan(0);
    for (const tab of [ann, bob]) {
      await until(() => timesShown(tab, 'Said to one who was lost')).toBe(1);
      await until(() => timesShown(tab, 'Written by one who was lost')).toBe(1);
      await until(() => text(tab, 'people-count')).toBe('2');
    }
    expect(await damage(ann)).toMatchObject({ gaps: 1, repeats: 0 });
    expect(await number(ann, 'resumes')).toBe(6);
  });

  test('harms nobody but the tab whose line it is', async () => {
    expect(await damage(bob)).toEqual(unharmed);
    expect(await number(bob, 'resumes')).toBe(0);
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

/** Destroys the tab's socket, and for `holdMs` those that it dials; `lose` ends its session, too. */
async function harm(server: DemoServer, { id }: Tab, how: 'cut' | 'lose', holdMs: number): Promise<void> {
  await fetch(`${server.url}/${how}?tab=${id}&hold=${holdMs}`, { method: 'POST' });
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

interface Calls {
  readonly answered: number;
  readonly made: number;
}

async function calls(tab: Tab): Promise<Calls> {
  const [answered = Number.NaN, made = Number.NaN] = (await text(tab, 'calls')).split(' of ').map(Number);
  return { answered, made };
}

function waiting({ answered, made }: Calls): number {
  return made - answered;
}

/** What the page has found by the numbers of what it received, whatever the library says. */
async function damage(tab: Tab): Promise<Record<string, number>> {
  const found = ['gaps', 'missing', 'repeats'].map(async (id) => [id, await number(tab, id)] as const);
  return Object.fromEntries(await Promise.all(found));
}

const unharmed = { gaps: 0, missing: 0, repeats: 0 };

function chartPixels({ page }: Tab): Promise<string> {
  return page.getByTestId('chart-processor').evaluate((chart: HTMLCanvasElement) => chart.toDataURL());
}

function until<T>(read: () => Promise<T>) {
  return expect.poll(read, { timeout: 30_000, interval: 50 });
}
