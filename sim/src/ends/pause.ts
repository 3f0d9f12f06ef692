import type { Machine } from '../loop/machine.ts';

/** Waits on a machine; with a signal, no longer than until that fires. */
export function pause(machine: Machine, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    machine.later(ms, resolve);
    signal?.addEventListener('abort', () => resolve());
  });
}

/** Waits until the signal fires. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
