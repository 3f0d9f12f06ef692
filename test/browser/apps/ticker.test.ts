import { connect, createClient } from '@hawser/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppRouter } from '../../../examples/ticker/src/server/router.ts';
import { type LaunchedChromium, launchChromium, skipReason } from '../chromium.ts';
import {
  type Apps,
  cut,
  lineIs,
  mend,
  openApp,
  restart,
  startApps,
  type Tab,
  takePictures,
  text,
  until,
} from './harness.ts';

const skipped = await skipReason();

describe.skipIf(skipped)('ticker', () => {
  let apps: Apps;
  let browser: LaunchedChromium;
  /** Two tabs of one trader. */
  let left: Tab;
  let right: Tab;

  beforeAll(async () => {
    apps = await startApps();
    browser = await launchChromium();
    left = await openApp(browser, apps, 'ticker/');
    right = await openApp(browser, apps, 'ticker/');
  });

  afterAll(async () => {
    await browser?.close();
    apps?.kill();
  });

  test('keeps up with thousands of updates, and draws them', async () => {
    for (const tab of [left, right]) {
      await tab.page.bringToFront();
      await until(() => updates(tab)).toBeGreaterThan(4_000);
      const before = await pixels(tab);
      await until(() => pixels(tab)).not.toBe(before);
    }
  });

  test('places an order once, and shows it wherever its trader looks', async () => {
    await trade(left, 'buy');
    for (const tab of [left, right]) await until(() => orders(tab)).toEqual(['buy 10 placed']);
    await until(() => text(right, 'held')).toBe('+10');
  });

  test('sends what was ordered without a line once, in order, when there is one', async () => {
    await cut(left);
    await trade(left, 'buy', '3');
    await trade(left, 'sell', '5');
    await until(() => orders(left)).toEqual(['sell 5 leaving', 'buy 3 leaving', 'buy 10 placed']);
    await until(() => text(left, 'orders')).toContain('waiting for the line');
    await trade(right, 'buy', '7');
    await until(() => orders(right)).toEqual(['buy 7 placed', 'buy 10 placed']);

    await mend(left);
    for (const tab of [left, right]) {
      await until(() => orders(tab)).toEqual([
        'sell 5 placed',
        'buy 3 placed',
        'buy 7 placed',
        'buy 10 placed',
      ]);
      await until(() => text(tab, 'held')).toBe('+15');
    }
  });

  test('has the very book of the exchange, after all that was left out', async () => {
    await expectSameBook([left, right]);
  });

  test('goes on after the server restarted, with the orders made while it was away', async () => {
    const lost = Promise.all([left, right].map((tab) => lineIs(tab, 'away')));
    const back = restart(left, right);
    await lost;
    await trade(right, 'buy', '2');
    await back;
    for (const tab of [left, right]) {
      await until(() => orders(tab)).toEqual([
        'buy 2 placed',
        'sell 5 placed',
        'buy 3 placed',
        'buy 7 placed',
        'buy 10 placed',
      ]);
      await until(() => text(tab, 'held')).toBe('+17');
      const before = await updates(tab);
      await until(() => updates(tab)).toBeGreaterThan(before + 1_000);
    }
    await expectSameBook([left, right]);
  });

  test('places an order once, however close to it the server goes down', async () => {
    await left.page.getByTestId('size').fill('1');
    await left.page.evaluate(() => {
      const button = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
      const order = (): void => {
        for (let times = 0; times < 3; times++) button('buy')?.click();
      };
      button('restart')?.addEventListener('click', order, { once: true, capture: true });
    });
    await restart(left, right);
    const three = Array.from({ length: 3 }, () => 'buy 1 placed');
    for (const tab of [left, right]) {
      await until(async () => (await orders(tab)).slice(0, 4)).toEqual([...three, 'buy 2 placed']);
      await until(() => text(tab, 'held')).toBe('+20');
    }
  });

  test('places an order once, though it is sent again because no answer came', async () => {
    let [dials, isDeaf] = [0, false];
    await browser.context.routeWebSocket(/ticker\/rpc/, (page) => {
      const server = page.connectToServer();
      const dial = ++dials;
      server.onMessage((message) => {
        if (!isDeaf || dial > 1) page.send(message);
      });
    });
    const third = await openApp(browser, apps, 'ticker/');
    await until(() => text(third, 'held')).toBe('+20');
    isDeaf = true;
    await trade(third, 'sell', '6');
    for (const tab of [left, right]) await until(() => text(tab, 'held')).toBe('+14');
    expect(await text(third, 'held')).toBe('+20');

    await restart(left, right, third);
    for (const tab of [left, right, third]) {
      await until(() => tab.page.getByTestId('order').first().innerText()).toContain('sent 2 times');
      await until(async () => (await orders(tab)).slice(0, 2)).toEqual(['sell 6 placed', 'buy 1 placed']);
      await until(() => text(tab, 'held')).toBe('+14');
    }
    expect(third.errors).toEqual([]);
    await third.page.close();
  });

  test('answers nobody with the order of another', async () => {
    const stranger = (trader: string) => {
      const connection = connect({ url: `${apps.url}/ticker/rpc`, params: () => ({ trader }) });
      return { connection, api: createClient<AppRouter>(connection) };
    };
    const [one, other] = [stranger('one'), stranger('other')];
    const order = { id: 'first', side: 'buy', size: 1 } as const;
    expect(await one.api.place.mutate(order)).toMatchObject({ ...order, filled: 1, asked: 1 });
    const refused = { data: { code: 'CONFLICT' } };
    await expect(other.api.place.mutate(order)).rejects.toMatchObject(refused);
    expect(await one.api.place.mutate(order)).toMatchObject({ ...order, filled: 1, asked: 2 });
    for (const { connection } of [one, other]) await connection.close();
  });

  test('reads nothing while nobody looks, and is right as soon as somebody does', async () => {
    const [before, start] = [await updates(left), await updates(right)];
    await setVisibility(left, 'hidden');
    await right.page.bringToFront();
    await right.page.getByTestId('pace-5000').click();
    await until(() => updates(right)).toBeGreaterThan(start + 15_000);
    await right.page.getByTestId('pace-0').click();
    await setVisibility(left, 'visible');
    await expectSameBook([left, right]);
    // What was on its way, and then the book: not the 15,000 changes.
    expect((await updates(left)) - before).toBeLessThan(9_000);
  });

  test('is fit to be seen', async () => {
    await left.page.bringToFront();
    await until(() => updates(left)).toBeGreaterThan(1_000);
    await takePictures(left, 'ticker');
    await cut(left);
    await trade(left, 'sell', '4');
    await until(() => text(left, 'orders')).toContain('waiting for the line');
    await takePictures(left, 'ticker-cut');
    await mend(left);
  });

  test('stops with nothing left open', async () => {
    expect([...left.errors, ...right.errors]).toEqual([]);
    await apps.stop();
  });
});

async function trade({ page }: Tab, side: 'buy' | 'sell', size = '10') {
  await page.getByTestId('size').fill(size);
  await page.getByTestId(side).click();
}

/** Newest first: `buy 10 placed`. */
function orders({ page }: Tab): Promise<string[]> {
  return page.getByTestId('order').evaluateAll((rows) =>
    rows.map((row) => {
      const words = [...row.children].slice(0, 2).map((child) => child.textContent);
      return [...words, row.getAttribute('data-state')].join(' ');
    }),
  );
}

async function updates(tab: Tab): Promise<number> {
  return Number((await text(tab, 'updates')).replaceAll(',', ''));
}

/** As far as the page can tell. */
function setVisibility({ page }: Tab, state: DocumentVisibilityState): Promise<void> {
  return page.evaluate((wanted) => {
    Object.defineProperty(document, 'visibilityState', { value: wanted, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}

/** Once nobody trades any more, the book of a page is that of the exchange, or something got lost or came twice. */
async function expectSameBook(tabs: readonly Tab[]): Promise<void> {
  await tabs[0]?.page.getByTestId('pace-0').click();
  for (const { page } of tabs) {
    await page.bringToFront();
    await until(() => page.getByTestId('audit').innerText()).toMatch(
      /^the same as the exchange’s at all \d+/,
    );
  }
  await tabs[0]?.page.getByTestId('pace-2000').click();
}

function pixels({ page }: Tab): Promise<string> {
  return page.getByTestId('chart').evaluate((chart: HTMLCanvasElement) => chart.toDataURL());
}
