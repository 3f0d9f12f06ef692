import { useEffect, useReducer } from 'react';

/** Renders again a few times a second: figures that change with each item are read, not pushed. */
export function usePulse(everyMs = 250): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(render, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
}
