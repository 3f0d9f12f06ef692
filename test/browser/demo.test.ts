import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answers } from '../../examples/demo/src/server/harbour-master.ts';
import { type LaunchedChromium, launchChromium, skipReason } from './chromium.ts';
import { cutHalfWay, dropFile, pattern, sha256, shareTaken } from './demo/cargo.ts';
import { type DemoServer, demo, startServer } from './demo/server.ts';
import { harm, number, openTab, type Tab, text, until } from './demo/tab.ts';

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

  test('carries a file and an answer over a cut, and both come whole', async () => {
    const file = pattern(8 * 2 ** 20);
    const resumes = await number(ann, 'resumes');
    await ann.page.getByTestId('cargo-file').setInputFiles({ name: 'hold.bin', mimeType: '', buffer: file });
    await ann.page.getByTestId('ask-hawser').click();
    await cutHalfWay(ann, HOLD_MS);
    await until(() => text(ann, 'cargo-state')).toMatch(/^No line/);
    await until(() => text(ann, 'answer-state')).toContain('waiting for the line');
    expect(await shareTaken(ann)).toBeLessThan(1);
    expect((await text(ann, 'answer')).length).toBeLessThan(answers.hawser.length);

    await harm(server, ann, 'cut', 0);
    for (const end of ['here', 'there']) {
      await until(() => text(ann, `cargo-digest-${end}`)).toBe(sha256(file));
    }
    expect(await text(ann, 'cargo-verdict')).toBe('The same, to the last bit');
    expect(await text(ann, 'cargo-state')).toMatch(/^8\.0 MiB in [\d.]+ s, 1 cut on the way$/);
    await until(() => text(ann, 'answer-state')).toContain('all of it');
    expect(await text(ann, 'answer')).toBe(answers.hawser);
    await until(() => text(ann, 'answer-server')).toContain('came to its end');
    expect(await number(ann, 'resumes')).toBe(resumes + 1);
  });

  test('ends the generator of an answer that is stopped', async () => {
    await ann.page.getByTestId('ask-berth').click();
    await until(() => text(ann, 'answer')).toMatch(/^There is room/);
    await ann.page.getByTestId('stop').click();
    await until(() => text(ann, 'answer-server')).toMatch(/finally ran after \d+ words$/);
    const shown = await text(ann, 'answer');
    const written = Number((await text(ann, 'answer-server')).match(/\d+/)?.[0]);
    expect(answers.berth.startsWith(shown)).toBe(true);
    expect(await text(ann, 'answer-state')).toContain(`stopped after ${shown.split(' ').length} words`);
    expect(written).toBeGreaterThanOrEqual(shown.split(' ').length);
    expect(written).toBeLessThan(answers.berth.split(' ').length);
  });

  test('lets go of a file that is cancelled', async () => {
    await dropFile(ann, 32);
    await until(() => shareTaken(ann)).toBeGreaterThan(0);
    await ann.page.getByTestId('cargo-cancel').click();
    await until(() => text(ann, 'cargo-state')).toMatch(
      /^Cancelled\. The server let go of it after [\d.]+ [KM]iB\.$/,
    );
    expect(await shareTaken(ann)).toBeLessThan(1);
  });

  test('says that a file was not sent when its session is lost, and sends it again if told to', async () => {
    await dropFile(ann, 32);
    await until(() => shareTaken(ann)).toBeGreaterThan(0);
    await harm(server, ann, 'lose', 0);
    await until(() => text(ann, 'cargo-state')).toMatch(
      /^Not sent: .+ The server let go of it after [\d.]+ [KM]iB\.$/,
    );
    await ann.page.getByTestId('cargo-slow').uncheck();
    await ann.page.getByTestId('cargo-send').click();
    await until(() => text(ann, 'cargo-verdict')).toBe('The same, to the last bit');
    await until(() => text(bob, 'people-count')).toBe('2');
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

async function say({ page }: Tab, message: string): Promise<void> {
  await page.getByTestId('message').fill(message);
  await page.getByTestId('send').click();
}

/** How often a tab shows the message as received. */
async function timesShown({ page }: Tab, message: string): Promise<number> {
  const shown = await page.getByTestId('messages').locator('li:not([data-outgoing])').allInnerTexts();
  return shown.filter((entry) => entry.includes(message)).length;
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
