import { type Client, type Connection, connect, createClient } from '@hawser/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppRouter } from '../../../examples/chat/src/server/router.ts';
import { type LaunchedChromium, launchChromium, skipReason } from '../chromium.ts';
import {
  type Apps,
  cut,
  lineIs,
  mend,
  noted,
  openApp,
  restart,
  startApps,
  type Tab,
  takePictures,
  text,
  until,
} from './harness.ts';

const skipped = await skipReason();

describe.skipIf(skipped)('chat', () => {
  let apps: Apps;
  let browser: LaunchedChromium;
  let ann: Tab;
  let bob: Tab;
  /** Without a page: what calls by hand may say, and what is told. */
  let mallory: Connection;
  let api: Client<AppRouter>;

  beforeAll(async () => {
    apps = await startApps();
    browser = await launchChromium();
    ann = await openApp(browser, apps, 'chat/');
    bob = await openApp(browser, apps, 'chat/');
    mallory = connect({
      url: `${apps.url}/chat/rpc`,
      params: () => ({ id: 'mallory', name: 'Mallory' }),
      lazy: true,
    });
    api = createClient<AppRouter>(mallory);
  });

  afterAll(async () => {
    await mallory?.close();
    await browser?.close();
    apps?.kill();
  });

  test('begins with what was said before', async () => {
    for (const tab of [ann, bob]) await until(() => said(tab)).toContain('That is what it is for.');
  });

  test('shows who is here, by name', async () => {
    await name(ann, 'Ann');
    await name(bob, 'Bob');
    for (const tab of [ann, bob]) await until(() => people(tab)).toEqual(['Ann', 'Bob']);
  });

  test('shows who types, until it is said', async () => {
    await ann.page.getByTestId('message').pressSequentially('Is anybody there?');
    await until(() => text(bob, 'typing')).toBe('Ann is typing');
    await ann.page.getByTestId('send').click();
    await until(() => text(bob, 'typing')).toBe('');
    for (const tab of [ann, bob]) await until(() => newest(tab, 1)).toEqual(['Is anybody there?']);
    expect(await text(ann, 'typing')).toBe('');
  });

  test('gives a new name to somebody who is here, and neither leaves nor empties the room for it', async () => {
    const changes: string[] = [];
    const watching = api.people.subscribe('harbour', { onData: ({ data }) => changes.push(data.type) });
    await until(async () => changes).toEqual(['here']);
    const [before, rooms] = [await said(ann), await noted(ann, 'messages')];
    for (const other of ['Anna', 'Annabel', 'Ann']) {
      await name(ann, other);
      for (const tab of [ann, bob]) await until(() => people(tab)).toEqual([other, 'Bob']);
    }
    await until(async () => changes).toEqual(['here', 'update', 'update', 'update']);
    watching.unsubscribe();
    expect(await said(ann)).toEqual(before);
    expect(await rooms()).not.toContain('');
  });

  test('brings a new name that was chosen without a line', async () => {
    const counts = await noted(bob, 'people-count');
    await cut(ann);
    await name(ann, 'Anselm');
    await mend(ann);
    await until(() => people(bob)).toEqual(['Anselm', 'Bob']);
    await say(ann, 'It was me');
    await until(() => newest(bob, 1)).toEqual(['It was me']);
    expect(await newestAuthor(bob)).toBe('Anselm');
    await name(ann, 'Ann');
    for (const tab of [ann, bob]) await until(() => people(tab)).toEqual(['Ann', 'Bob']);
    expect(await counts()).toEqual(['2']);
    await say(ann, 'Is anybody there?');
    for (const tab of [ann, bob]) await until(() => newest(tab, 1)).toEqual(['Is anybody there?']);
  });

  test('signs with the name of who writes, and answers what comes twice when it is written down', async () => {
    const message = { id: 'by-mallory', room: 'harbour', author: 'Bob', text: 'I am Bob' } as const;
    const first = api.send.mutate(message);
    await api.send.mutate(message);
    for await (const { data } of api.messages.subscribe('harbour')) {
      expect(data.type === 'history' && data.messages.at(-1)?.text).toBe('I am Bob');
      break;
    }
    await first;
    for (const tab of [ann, bob]) {
      await until(() => newest(tab, 2)).toEqual(['Is anybody there?', 'I am Bob']);
      expect(await newestAuthor(tab)).toBe('Mallory');
      await until(() => people(tab)).toEqual(['Ann', 'Bob']);
    }
    await say(ann, 'Is anybody there?');
    for (const tab of [ann, bob]) await until(() => newest(tab, 1)).toEqual(['Is anybody there?']);
  });

  test('shows once what is written down while the history is read', async () => {
    const before = await said(ann);
    const words = Array.from({ length: 40 }, (_, index) => `Word ${index + 1}`);
    for (const word of words) await say(ann, word);
    // In and out, as long as some are on their way.
    for (let left = 40; left > 0; left = (await waiting(ann)).length) {
      await bob.page.getByRole('link', { name: 'Galley' }).click();
      await until(() => said(bob)).toContain('There is soup.');
      await bob.page.getByRole('link', { name: 'Harbour' }).click();
      await until(() => said(bob)).toContain('Is anybody there?');
      const shown = (await said(bob)).slice(before.length);
      expect(shown).toEqual(words.slice(0, shown.length));
    }
    for (const tab of [ann, bob]) await until(() => said(tab)).toEqual([...before, ...words]);
    await say(ann, 'Is anybody there?');
    for (const tab of [ann, bob]) await until(() => newest(tab, 1)).toEqual(['Is anybody there?']);
  });

  test('keeps what is written without a line, and sends it once and in order', async () => {
    const counts = await noted(bob, 'people-count');
    await cut(ann);
    await say(bob, 'Said while you were away');
    for (const line of ['First word', 'Second word', 'Third word']) await say(ann, line);
    await until(() => waiting(ann)).toEqual(['First word', 'Second word', 'Third word']);
    await until(() => newest(bob, 1)).toEqual(['Said while you were away']);
    expect(await newest(ann, 1)).toEqual(['Is anybody there?']);

    await mend(ann);
    const all = ['Is anybody there?', 'Said while you were away', 'First word', 'Second word', 'Third word'];
    for (const tab of [ann, bob]) await until(() => newest(tab, 5)).toEqual(all);
    await until(() => waiting(ann)).toEqual([]);
    // Who has no line has not left, and does not come back.
    expect(await counts()).toEqual(['2']);
    for (const tab of [ann, bob]) expect(await people(tab)).toEqual(['Ann', 'Bob']);
  });

  test('loses nothing and repeats nothing when the server is restarted', async () => {
    const before = await said(ann);
    await restart(ann, bob);
    await say(bob, 'That was quick');
    for (const tab of [ann, bob]) {
      await until(() => said(tab)).toEqual([...before, 'That was quick']);
      await until(() => people(tab)).toEqual(['Ann', 'Bob']);
    }
  });

  test('sends once what was written to a server that is no more', async () => {
    const before = await said(ann);
    await cut(ann);
    await say(ann, 'Written to the old one');
    await restart(bob);
    await until(() => people(bob)).toEqual(['Bob']);
    await say(bob, 'Said by the new one');
    await until(() => newest(bob, 1)).toEqual(['Said by the new one']);
    await mend(ann);
    for (const tab of [ann, bob]) {
      await until(() => said(tab)).toEqual([...before, 'Said by the new one', 'Written to the old one']);
      await until(() => people(tab)).toEqual(['Ann', 'Bob']);
    }
  });

  test('says once what was on its way when the server went', async () => {
    const before = await said(bob);
    const words = ['Going', 'going', 'almost gone', 'gone'];
    for (const [frames, word] of words.entries()) {
      await ann.page.getByTestId('message').fill(word);
      await sendAndRestart(ann, frames);
      await lineIs(ann, 'away');
      await lineIs(ann, 'open');
    }
    for (const tab of [ann, bob]) {
      await until(() => said(tab)).toEqual([...before, ...words]);
      await until(() => people(tab)).toEqual(['Ann', 'Bob']);
    }
  });

  test('has a room for each talk', async () => {
    await ann.page.getByRole('link', { name: 'Galley' }).click();
    await until(() => said(ann)).toEqual(['There is soup.', 'There was soup.']);
    await until(() => people(ann)).toEqual(['Ann']);
    await until(() => people(bob)).toEqual(['Bob']);
    const before = await said(bob);
    await say(ann, 'There will be soup.');
    await until(() => newest(ann, 1)).toEqual(['There will be soup.']);
    await say(bob, 'Anybody left?');
    await until(() => said(bob)).toEqual([...before, 'Anybody left?']);
    await ann.page.getByRole('link', { name: 'Harbour' }).click();
    await until(() => said(ann)).toEqual([...before, 'Anybody left?']);
  });

  test('tells who comes late the same', async () => {
    const before = await said(ann);
    const eve = await openApp(browser, apps, 'chat/');
    await name(eve, 'Eve');
    await until(() => said(eve)).toEqual(before);
    for (const tab of [ann, bob, eve]) await until(() => people(tab)).toEqual(['Ann', 'Bob', 'Eve']);
    await eve.page.close();
    for (const tab of [ann, bob]) await until(() => people(tab)).toEqual(['Ann', 'Bob']);
    expect(eve.errors).toEqual([]);
  });

  test('looks like something to be shown', async () => {
    await takePictures(ann, 'chat');
    await cut(ann);
    await say(ann, 'This one waits for the line.');
    await takePictures(ann, 'chat-cut');
    await mend(ann);
    for (const tab of [ann, bob]) await until(() => newest(tab, 1)).toEqual(['This one waits for the line.']);
  });

  test('keeps what waits over a reload', async () => {
    const before = await said(bob);
    await cut(ann);
    await say(ann, 'Written before the reload');
    await until(() => waiting(ann)).toEqual(['Written before the reload']);
    await ann.page.reload();
    await lineIs(ann, 'open');
    for (const tab of [ann, bob]) {
      await until(() => said(tab)).toEqual([...before, 'Written before the reload']);
      await until(() => people(tab)).toEqual(['Ann', 'Bob']);
    }
  });

  test('stops with nothing left open', async () => {
    await bob.page.close();
    await until(() => people(ann)).toEqual(['Ann']);
    expect([...ann.errors, ...bob.errors]).toEqual([]);
    await apps.stop();
  });
});

async function name({ page }: Tab, wanted: string): Promise<void> {
  await page.getByTestId('name').fill(wanted);
  await page.getByTestId('name').press('Enter');
}

async function say({ page }: Tab, message: string): Promise<void> {
  await page.getByTestId('message').fill(message);
  await page.getByTestId('send').click();
}

/** Restarts the server so many frames after what is written was sent: before it is there, while it is written down, or later. */
async function sendAndRestart({ page }: Tab, frames: number): Promise<void> {
  await page.evaluate(async (wait) => {
    const click = (id: string): void => document.querySelector<HTMLElement>(`[data-testid="${id}"]`)?.click();
    click('send');
    for (let frame = 0; frame < wait; frame++) await new Promise(requestAnimationFrame);
    click('restart');
  }, frames);
}

/** What the room shows as said, oldest first. */
function said({ page }: Tab): Promise<string[]> {
  return page.getByTestId('messages').locator('li:not([data-outgoing]) > p:last-child').allInnerTexts();
}

async function newest(tab: Tab, count: number): Promise<string[]> {
  return (await said(tab)).slice(-count);
}

function newestAuthor({ page }: Tab): Promise<string> {
  return page.getByTestId('messages').locator('li:not([data-outgoing]) .by b').last().innerText();
}

/** What the room shows as not said yet. */
function waiting({ page }: Tab): Promise<string[]> {
  return page.getByTestId('messages').locator('li[data-outgoing] > p:last-child').allInnerTexts();
}

/** The names of those who are here, in their order. */
async function people({ page }: Tab): Promise<string[]> {
  const names = await page
    .getByTestId('people')
    .locator('li')
    .evaluateAll((entries) => entries.map((entry) => entry.childNodes[1]?.textContent ?? ''));
  return names.sort();
}
