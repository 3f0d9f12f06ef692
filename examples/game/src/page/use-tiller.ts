import { useEffect, useMemo } from 'react';
import { type Key, Tiller } from './tiller.js';
import { voyage } from './voyage.js';

const KEYS: Readonly<Record<string, Key>> = {
  ArrowLeft: 'port',
  KeyA: 'port',
  ArrowRight: 'starboard',
  KeyD: 'starboard',
  ArrowUp: 'sail',
  KeyW: 'sail',
  Space: 'fire',
};

/** At sea for as long as the page is shown. */
export function useTiller(): Tiller {
  const tiller = useMemo(() => new Tiller(), []);
  useEffect(() => {
    const ashore = new AbortController();
    const { signal } = ashore;
    const down = (event: KeyboardEvent): void => {
      const key = KEYS[event.code];
      if (key === undefined || event.ctrlKey || event.metaKey || isControl(event.target)) return;
      event.preventDefault();
      if (!event.repeat) tiller.press(key);
    };
    const up = (event: KeyboardEvent): void => {
      const key = KEYS[event.code];
      if (key !== undefined) tiller.release(key);
    };
    addEventListener('keydown', down, { signal });
    addEventListener('keyup', up, { signal });
    addEventListener('blur', () => tiller.releaseAll(), { signal });
    voyage(tiller, signal).catch(reportError);
    return () => ashore.abort();
  }, [tiller]);
  return tiller;
}

/** Its keys are its own. */
function isControl(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('button, input, select, a') !== null;
}
