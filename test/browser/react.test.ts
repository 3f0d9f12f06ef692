import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LaunchedChromium, launchChromium, skipReason } from './chromium.ts';
import type { Harness } from './react/app.tsx';
import { reactVersions } from './react/bundle.ts';
import type { Counted, FrameCount } from './react/frame-count.ts';
import type { PageServer, PageSource } from './react/page-server.ts';
import { pageSource, servePage } from './react/page-server.ts';

declare const window: Window & { readonly own: Harness; readonly frameCount: FrameCount };

const skipped = await skipReason();

describe.skipIf(skipped).each(reactVersions)(
  'React %s in StrictMode, rendered by a server first',
  (version) => {
    let browser: LaunchedChromium;
    let source: PageSource;
    let server: PageServer;
    let page: Page;
    let errors: string[];

    beforeAll(async () => {
      browser = await launchChromium();
      source = await pageSource(version);
    });
    afterAll(() => browser?.close());

    beforeEach(async () => {
      server = await servePage(source);
      errors = [];
      page = await browser.context.newPage();
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        // What Chromium itself says of a socket that was cut on purpose.
        if (message.type() === 'error' && !message.text().startsWith('WebSocket'))
          errors.push(message.text());
      });
    });
    afterEach(async () => {
      await page.close();
      await until(() => server.sessions()).toBe(0);
      expect(server.witness.live).toBe(0);
      await server.close();
      expect(errors).toEqual([]);
    });

    const open = async (scene: string): Promise<void> => {
      await page.goto(`${server.url}/${scene}`);
      await until(() => page.evaluate(() => 'frameCount' in window)).toBe(true);
    };
    const text = (testId: string): Promise<string> => page.getByTestId(testId).innerText();
    const click = (testId: string): Promise<void> => page.getByTestId(testId).click();
    const commits = (): Promise<number> => page.evaluate(() => window.own.commits);
    const counted = (): Promise<Counted & { readonly frames: number }> =>
      page.evaluate(() => {
        const { commits, reduced, frames } = window.frameCount;
        return { commits, reduced, frames };
      });
    const ping = (): Promise<unknown> => page.evaluate(() => window.own.api.ping.query());
    const look = (visibility: 'hidden' | 'visible'): Promise<void> =>
      page.evaluate((state) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
        document.dispatchEvent(new Event('visibilitychange'));
      }, visibility);

    describe('a subscription', () => {
      test('is one at the server, and none after an unmount, with the session open', async () => {
        await open('news');
        await until(() => text('status')).toBe('live');
        expect(server.witness).toMatchObject({ started: 1, live: 1 });
        await click('toggle');
        await until(() => server.witness.live).toBe(0);
        await click('toggle');
        await until(() => text('status')).toBe('live');
        expect(server.witness).toMatchObject({ started: 2, live: 1 });
        expect(server.sessions()).toBe(1);
      });

      test('goes on when its component renders again, with an input and reducers written in place', async () => {
        await open('news');
        await until(() => text('status')).toBe('live');
        server.witness.happen(1);
        await until(() => text('data')).toBe('1');
        for (const rendered of ['0', '1', '2']) {
          expect(await text('render')).toBe(`Rendered ${rendered}`);
          await click('render');
        }
        server.witness.happen(1);
        await until(() => text('data')).toBe('1,2');
        expect(server.witness.started).toBe(1);
      });

      test('that is skipped never starts, and one that becomes skipped ends', async () => {
        await open('skipped');
        await ping();
        expect(await text('trail')).toBe('idle');
        expect(server.witness.started).toBe(0);
        await click('skip');
        await until(() => text('status')).toBe('live');
        await click('skip');
        await until(() => server.witness.live).toBe(0);
        expect(await text('status')).toBe('idle');
      });

      test('may get another input as often as it likes', async () => {
        await open('skipped');
        for (let round = 0; round < 15; round++) {
          await click('skip');
          await until(() => text('status')).toBe('live');
          await click('skip');
          await until(() => text('status')).toBe('idle');
        }
        await until(() => server.witness.live).toBe(0);
        expect(server.witness.started).toBe(15);
      });

      test('of a Map that is written in place is an error that says so, and the subscription ends', async () => {
        await open('unsteady');
        await until(() => text('status')).toBe('live');
        await click('in-place');
        await until(() => text('caught')).toContain('input.only is another Map');
        await until(() => server.witness.live).toBe(0);
        expect(errors.splice(0).join()).toContain('input.only is another Map');
      });
    });

    describe('items', () => {
      test('as fast as they come are rendered once a frame at most, and none is lost', async () => {
        await open('burst');
        await until(() => text('status')).toBe('ended');
        expect(await text('data')).toBe('50000 50000 0');
        const { commits, frames } = await counted();
        expect(commits).toBe(1);
        expect(frames).toBeGreaterThan(1);
      });

      test('that take long to reduce leave room for frames, and none is lost', async () => {
        await open('slow');
        await until(() => text('status')).toBe('ended');
        expect(await text('data')).toBe('200 200 0');
        const { commits, reduced, frames } = await counted();
        expect(commits).toBe(1);
        // Four of 2 ms take the 8 ms of a frame; a clock may be coarse.
        expect(reduced).toBeLessThanOrEqual(6);
        expect(frames).toBeGreaterThanOrEqual(200 / 6);
      });

      test('the newest one is the data where there is no reducer', async () => {
        await open('newest');
        await until(() => text('status')).toBe('live');
        expect(await text('data')).toBe('undefined');
        server.witness.happen(5);
        await until(() => text('data')).toBe('5');
      });

      test('a reducer that throws does so at the boundary, and the subscription ends', async () => {
        await open('crash');
        await until(() => text('status')).toBe('live');
        server.witness.happen(1);
        await until(() => text('caught')).toBe('This reducer fails');
        await until(() => server.witness.live).toBe(0);
        expect(errors.splice(0).join()).toContain('This reducer fails');
      });
    });

    describe('the status', () => {
      test('at a short drop stays live, and the same subscription goes on', async () => {
        await open('news');
        await until(() => text('status')).toBe('live');
        server.proxy.cut();
        server.witness.happen(2);
        await until(() => text('data')).toBe('1,2');
        expect(await text('trail')).toBe('connecting live');
        expect(server.witness).toMatchObject({ started: 1, live: 1 });
      });

      test('at a long drop is connecting, then live with nothing missing', async () => {
        await open('news');
        await until(() => text('status')).toBe('live');
        server.proxy.refuse();
        await until(() => text('status')).toBe('connecting');
        await until(() => text('line')).toBe('waiting');
        server.witness.happen(3);
        server.proxy.accept();
        await click('retry');
        await until(() => text('data')).toBe('1,2,3');
        expect(await text('trail')).toBe('connecting live connecting live');
        expect(server.witness).toMatchObject({ started: 1, live: 1 });
      });

      test('after a restart of the server is gap, until restart subscribes anew', async () => {
        await open('news');
        await until(() => text('status')).toBe('live');
        server.witness.happen(1);
        await until(() => text('data')).toBe('1');
        await server.restart();
        await until(() => text('status')).toBe('gap');
        await until(() => server.witness.live).toBe(1);
        server.witness.happen(1);
        await until(() => text('data')).toBe('1,2');
        expect(await text('status')).toBe('gap');
        expect(await text('gap')).not.toBe('none');
        await click('restart');
        await until(() => text('status')).toBe('live');
        server.witness.happen(1);
        await until(() => text('data')).toBe('3');
        expect(await text('gap')).toBe('none');
        await until(() => server.witness.live).toBe(1);
      });

      test('of a stream that mends its state is gap until the next item', async () => {
        await open('mended');
        await until(() => text('status')).toBe('live');
        server.witness.happen(1);
        await until(() => text('data')).toBe('1');
        await server.restart();
        await until(() => text('status')).toBe('gap');
        await until(() => server.witness.live).toBe(1);
        server.witness.happen(1);
        await until(() => text('data')).toBe('1,-1,2');
        expect(await text('trail')).toMatch(/^connecting live.* gap live$/);
      });

      test('of tracked events knows no gap: they go on after a restart of the server', async () => {
        await open('log');
        server.witness.happen(2);
        await until(() => text('data')).toBe('1,2');
        await server.restart();
        server.witness.happen(1);
        await until(() => text('data')).toBe('1,2,3');
        expect(await text('trail')).not.toContain('gap');
      });

      test('is error with the error of the server, and restart subscribes again', async () => {
        await open('fail');
        await until(() => text('status')).toBe('error');
        expect(await text('error')).toBe('No more');
        expect(await text('data')).toBe('1');
        await click('restart');
        await until(() => server.witness.started).toBe(2);
        await until(() => text('status')).toBe('error');
      });
    });

    describe('while the page is hidden', () => {
      const data = async (): Promise<number[]> => (await text('data')).split(' ').map(Number);
      const read = async (): Promise<number> => (await data())[0] ?? 0;

      test('keep: items are read, nothing is rendered, and none is missing afterwards', async () => {
        await open('keep');
        await until(read).toBeGreaterThan(0);
        await look('hidden');
        const before = await commits();
        const pulled = server.witness.pulled;
        await until(() => server.witness.pulled).toBeGreaterThan(pulled + 20_000);
        expect(await commits()).toBe(before);
        await look('visible');
        await until(read).toBeGreaterThan(pulled + 10_000);
        expect(await data()).toEqual([expect.any(Number), expect.any(Number), 0]);
        await click('toggle');
        await until(() => server.witness.live).toBe(0);
      });

      test('latest: items are read, and only the newest is reduced', async () => {
        await open('latest');
        await until(read).toBeGreaterThan(0);
        await look('hidden');
        const pulled = server.witness.pulled;
        await until(() => server.witness.pulled).toBeGreaterThan(pulled + 20_000);
        await look('visible');
        await until(async () => (await data())[2]).toBe(1);
        const [count = 0, last = 0] = await data();
        expect(last - count).toBeGreaterThan(10_000);
        await click('toggle');
        await until(() => server.witness.live).toBe(0);
      });

      test('pause: the server sends no more, and goes on with the next item', async () => {
        await open('pause');
        await until(read).toBeGreaterThan(0);
        await look('hidden');
        await until(async () => {
          const before = server.witness.pulled;
          for (let call = 0; call < 5; call++) await ping();
          return server.witness.pulled - before;
        }).toBe(0);
        const pulled = server.witness.pulled;
        const before = await commits();
        for (let call = 0; call < 5; call++) await ping();
        expect(server.witness.pulled).toBe(pulled);
        expect(await commits()).toBe(before);
        await look('visible');
        await until(() => server.witness.pulled).toBeGreaterThan(pulled + 10_000);
        await until(read).toBeGreaterThan(pulled);
        expect((await data())[2]).toBe(0);
        await click('toggle');
        await until(() => server.witness.live).toBe(0);
      });

      test('pause: an unmount leaves no subscription', async () => {
        await open('pause');
        await until(read).toBeGreaterThan(0);
        await look('hidden');
        await click('toggle');
        await until(() => server.witness.live).toBe(0);
      });
    });

    describe('concurrent rendering', () => {
      test('a component that is suspended subscribes to nothing before it mounts', async () => {
        await open('suspended');
        await click('toggle');
        await page.getByTestId('fallback').waitFor();
        await ping();
        expect(server.witness.started).toBe(0);
        await page.evaluate(() => window.own.resume());
        await until(() => text('status')).toBe('live');
        expect(server.witness).toMatchObject({ started: 1, live: 1 });
      });

      test('a transition to another input keeps the old stream until it commits', async () => {
        await open('rooms');
        await until(() => text('status')).toBe('live');
        await click('move');
        server.witness.happen(1);
        await until(() => text('data')).toBe('1');
        expect(await text('room')).toBe('one');
        expect([...server.witness.rooms]).toEqual(['one']);
        await page.evaluate(() => window.own.resume());
        await until(() => text('room')).toBe('two');
        await until(() => [...server.witness.rooms]).toEqual(['two']);
        expect(server.witness.started).toBe(2);
        server.witness.happen(1);
        await until(() => text('data')).toBe('2');
      });

      test('what happens while a transition renders is in all components of a commit, or in none', async () => {
        await open('shared');
        const texts = (): Promise<Set<string>> =>
          page
            .locator('.slow')
            .allInnerTexts()
            .then((all) => new Set(all));
        for (const shown of ['1 none 1', '2 2 2', '3 2 3', '4 4 4']) {
          await click('round');
          await until(texts).toEqual(new Set([shown]));
        }
        expect(await text('torn')).toBe('none');
      });
    });

    describe('useConnection', () => {
      test('is idle where nothing was called, then tells the state, why it waits, and retries', async () => {
        await open('shared');
        expect(await text('line')).toBe('idle');
        await ping();
        await until(() => text('line')).toBe('open');
        server.proxy.refuse();
        await until(() => text('line-attempt')).not.toBe('0');
        await until(() => text('line')).toBe('waiting');
        expect(await text('line-reason')).not.toBe('none');
        server.proxy.accept();
        await click('retry');
        await until(() => text('line')).toBe('open');
      });

      test('shows a round trip that is measured', async () => {
        await open('newest');
        await ping();
        await until(() => text('line-round-trip')).toMatch(/^\d+(\.\d+)?$/);
      });
    });

    test('a server renders the initial state of a stream, and an idle connection', () => {
      const html = source.render('news');
      expect(html).toContain('<output data-testid="status">connecting</output>');
      expect(html).toContain('<output data-testid="line">idle</output>');
      expect(source.render('skipped')).toContain('<output data-testid="status">idle</output>');
    });
  },
);

function until<T>(read: () => T | Promise<T>) {
  return expect.poll(read, { timeout: 30_000, interval: 20 });
}
