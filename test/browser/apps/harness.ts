import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { LaunchedChromium } from '../chromium.ts';

const examples = fileURLToPath(new URL('../../../examples/shared', import.meta.url));

/** `HAWSER_SCREENSHOTS` chooses another folder. */
const pictures =
  process.env['HAWSER_SCREENSHOTS'] ?? fileURLToPath(new URL('../screenshots', import.meta.url));

/** The one server of all examples, in a process of its own. */
export interface Apps {
  readonly url: string;
  /** Has the process end by itself, with nothing left open and nothing to complain about. */
  stop(): Promise<void>;
  kill(): void;
}

export interface Tab {
  readonly page: Page;
  /** What the page reported, but for dials that failed on purpose. */
  readonly errors: string[];
}

export async function startApps(): Promise<Apps> {
  await promisify(execFile)('npm', ['run', 'build'], { cwd: examples });
  const child = spawn(process.execPath, ['dist/server/shared/src/server/main.js'], {
    cwd: examples,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk;
  });
  return {
    url: await firstLine(child, () => complaints),
    async stop() {
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
      expect(complaints).toBe('');
    },
    kill: () => child.kill('SIGKILL'),
  };
}

async function firstLine(child: ChildProcess, complaints: () => string): Promise<string> {
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`It ended: ${complaints()}`)));
  ended.catch(() => {});
  const said = child.stdout ? once(child.stdout.setEncoding('utf8'), 'data') : [];
  const [line] = (await Promise.race([said, ended])) as [string];
  expect(line).toMatch(/^http:\/\/localhost:\d+\n$/);
  return line.trim();
}

/** Opens an app in a tab of its own, and waits for its line. `path` is such as `chat`, or `chat/#harbour`. */
export async function openApp({ context }: LaunchedChromium, { url }: Apps, path: string): Promise<Tab> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('WebSocket')) errors.push(message.text());
  });
  await page.goto(`${url}/${path}`);
  const tab = { page, errors };
  await lineIs(tab, 'open');
  return tab;
}

/** Cuts the tab's line by its button, and waits until the page has noticed. */
export async function cut(tab: Tab): Promise<void> {
  await tab.page.getByTestId('cut').click();
  await tab.page.getByTestId('mend').waitFor();
  await lineIs(tab, 'away');
}

export async function mend(tab: Tab): Promise<void> {
  await tab.page.getByTestId('mend').click();
  await lineIs(tab, 'open');
}

/**
 * Restarts the app's server from the tab, and waits until each of the tabs has lost it and found it again. In the others
 * somebody presses "try now", or they would wait for as long as their backoff says.
 */
export async function restart(tab: Tab, ...others: readonly Tab[]): Promise<void> {
  const tabs = [tab, ...others];
  const lost = Promise.all(tabs.map((each) => lineIs(each, 'away')));
  await tab.page.getByTestId('restart').click();
  await lost;
  await lineIs(tab, 'open');
  for (const { page } of others) {
    await page.evaluate(() => document.querySelector<HTMLElement>('[data-testid="retry"]')?.click());
  }
  await Promise.all(others.map((each) => lineIs(each, 'open')));
}

export async function lineIs(tab: Tab, wanted: 'open' | 'away'): Promise<void> {
  const line = '[data-testid="line"]';
  await tab.page
    .locator(wanted === 'open' ? `${line}[data-state="open"]` : `${line}:not([data-state="open"])`)
    .waitFor();
}

export function text({ page }: Tab, testId: string): Promise<string> {
  return page.getByTestId(testId).innerText();
}

/** Notes every text that the element shows from now on, or every value of the attribute. Gives what reads the notes. */
export async function noted(
  { page }: Tab,
  testId: string,
  attribute?: string,
): Promise<() => Promise<(string | null)[]>> {
  const notes = await page.getByTestId(testId).evaluateHandle((element, name) => {
    const read = (): string | null => (name === undefined ? element.textContent : element.getAttribute(name));
    const seen = [read()];
    const observer = new MutationObserver(() => seen.push(read()));
    observer.observe(element, { attributes: true, characterData: true, childList: true, subtree: true });
    return seen;
  }, attribute);
  return async () => [...new Set(await notes.jsonValue())];
}

/** Polls what a person would see until it is as it should be. */
export function until<T>(read: () => Promise<T>) {
  return expect.poll(read, { timeout: 30_000, interval: 50 });
}

/** Light and dark, wide and narrow; leaves the tab light and wide. */
export async function takePictures({ page }: Tab, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.evaluate(() => scrollTo(0, 0));
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      // Two frames, so that what is drawn by the page has its new size and colours.
      await page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
      await page.screenshot({ path: `${pictures}/${name}-${colorScheme}-${width}.png`, fullPage: true });
    }
  }
}
