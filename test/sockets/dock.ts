import process from 'node:process';
import type { Connection, ConnectionState, ConnectionStatus } from '@hawser/client';
import { afterEach, expect, vi } from 'vitest';

/** Where every server of these tests listens. */
export const here = { port: 0, host: '127.0.0.1' } as const;

interface Closable {
  close(): unknown;
}

/** What a test opened: closed after it, the last first, and then checked to be gone. */
export interface Dock {
  keep<T extends Closable>(thing: T): T;
}

/** Registers the clean-up of each test in the file, and the check that nothing of it is left open. */
export function openDock(): Dock {
  const kept: Closable[] = [];
  afterEach(async () => {
    for (const thing of kept.splice(0).reverse()) await thing.close();
    await nothingLeftOpen();
  });
  return {
    keep(thing) {
      kept.push(thing);
      return thing;
    },
  };
}

export function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));
}

async function nothingLeftOpen(): Promise<void> {
  await vi.waitFor(() => expect(openSockets()).toEqual([]), { timeout: 5000, interval: 5 });
}

/** Resolves when the connection is in that state, now or later. */
export function reaches(connection: Connection, state: ConnectionState): Promise<ConnectionStatus> {
  return new Promise((resolve) => {
    const stop = connection.subscribe((status) => {
      if (status.state !== state) return;
      queueMicrotask(() => stop());
      resolve(status);
    });
  });
}

/** Waits for a condition that nothing announces. */
export function eventually<T>(check: () => T): Promise<T> {
  return vi.waitFor(check, { timeout: 15_000, interval: 2 });
}
