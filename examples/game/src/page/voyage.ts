import { hawserErrorOf } from '@hawser/client';
import { ship } from './client-router.js';
import { api } from './line.js';
import type { Tiller } from './tiller.js';

/**
 * Sails until the signal, or for as long as the connection is not closed: in one call, or in another when the server
 * and with it the session is lost.
 */
export async function voyage(tiller: Tiller, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const heard = ship.value.hits.length;
      const helm = tiller.helms(signal);
      await api.sail.mutate({ heard, helm }, { signal, timeoutMs: Number.POSITIVE_INFINITY });
    } catch (error) {
      const code = hawserErrorOf(error)?.code;
      if (signal.aborted || code === 'closed') return;
      if (code !== 'session-lost') throw error;
    }
  }
}
