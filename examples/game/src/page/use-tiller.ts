import { useEffect, useMemo } from 'react';
import { type Key, Tiller } from './tiller.js';
import { voyage } from './voyage.js';

const KEYS: Readonly<Record<string, Key>> = { ArrowLeft: 'port', ArrowUp: 'sail', ArrowRight: 'starboard' };

/** At sea for as long as the page is shown. */
export function useTiller(): Tiller {
  const tiller = useMemo(() => new Tiller(), []);
  useEffect(() => {
    const ashore = new AbortController();
    const { signal } = ashore;
    const down = (event: KeyboardEvent): void => {
      const key = KEYS[event.key];
      // With these the browser goes back.
      if (key === undefined || event.altKey || event.metaKey) return;
      event.preventDefault();
      tiller.held.add(key);
    };
    const up = (event: KeyboardEvent): void => {
      const key = KEYS[event.key];
      if (key !== undefined) tiller.held.delete(key);
    };
    addEventListener('keydown', down, { signal });
    addEventListener('keyup', up, { signal });
    addEventListener('blur', () => tiller.held.clear(), { signal });
    voyage(tiller, signal).catch(reportError);
    return () => ashore.abort();
  }, [tiller]);
  return tiller;
}
