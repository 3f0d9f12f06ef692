import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { LaunchedChromium } from '../chromium.ts';
import type { DemoServer } from './server.ts';

export interface Tab {
  readonly page: Page;
  /** As its WebSocket's URL names it. */
  readonly id: string;
  /** What the page reported, but for dials that were cut on purpose. */
  readonly errors: string[];
}

export async function openTab({ context }: LaunchedChromium, url: string): Promise<Tab> {
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
export async function harm(
  server: DemoServer,
  { id }: Tab,
  how: 'cut' | 'lose',
  holdMs: number,
): Promise<void> {
  await fetch(`${server.url}/${how}?tab=${id}&hold=${holdMs}`, { method: 'POST' });
}

export function text({ page }: Tab, testId: string): Promise<string> {
  return page.getByTestId(testId).innerText();
}

export async function number(tab: Tab, testId: string): Promise<number> {
  return Number(await text(tab, testId));
}

export function until<T>(read: () => Promise<T>) {
  return expect.poll(read, { timeout: 30_000, interval: 50 });
}
