import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type BrowserContext, chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where a Chromium was found, or why none can run here. */
export type ChromiumLookup = { path: string } | { missing: string };

/** `CHROMIUM`, then the system's, then the one that npm brought (Linux x64 only). */
export async function findChromium(): Promise<ChromiumLookup> {
  const named = process.env['CHROMIUM'];
  if (named) return existsSync(named) ? { path: named } : { missing: `CHROMIUM names no file: ${named}` };
  if (existsSync('/usr/bin/chromium')) return { path: '/usr/bin/chromium' };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      missing: `no Chromium for ${process.platform}-${process.arch}: set CHROMIUM to the path of an executable`,
    };
  }
  // Read when the module is evaluated: it makes the package unpack its own NSS libraries, so no system package is needed.
  process.env['AWS_LAMBDA_JS_RUNTIME'] ??= 'nodejs20.x';
  const { default: packed } = await import('@sparticuz/chromium');
  return { path: await packed.executablePath() };
}

/**
 * The reason to give `describe.skipIf`, or undefined where a browser can run.
 * A skip is not possible on Linux x64, nor when `HAWSER_REQUIRE_BROWSER=1`: there a missing browser throws.
 */
export async function skipReason(): Promise<string | undefined> {
  const found = await findChromium();
  if ('path' in found) return undefined;
  const required = process.env['HAWSER_REQUIRE_BROWSER'] === '1';
  const supported = process.platform === 'linux' && process.arch === 'x64';
  if (required || supported) throw new Error(`The browser tests must run here: ${found.missing}`);
  console.warn(`Browser tests skipped: ${found.missing}`);
  return found.missing;
}

export interface LaunchedChromium {
  /** The browser's one profile: empty at launch, deleted by `close`. */
  context: BrowserContext;
  close(): Promise<void>;
}

/** Launches a headless Chromium on an empty profile. The caller closes it; throws when there is none. */
export async function launchChromium(): Promise<LaunchedChromium> {
  const found = await findChromium();
  if ('missing' in found) throw new Error(found.missing);
  const profile = await mkdtemp(join(tmpdir(), 'hawser-chromium-'));
  const removeProfile = (): Promise<void> => rm(profile, { recursive: true, force: true, maxRetries: 5 });
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: found.path,
      headless: true,
      args: FLAGS,
    });
    return {
      context,
      async close(): Promise<void> {
        await context.close();
        await removeProfile();
      },
    };
  } catch (error) {
    await removeProfile();
    throw error;
  }
}
