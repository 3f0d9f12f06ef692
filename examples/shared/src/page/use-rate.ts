import { useEffect, useRef, useState } from 'react';

/** By how much the count grew in the last second; without one, how often the component was rendered. */
export function useRate(count?: number): number {
  const total = useRef(0);
  const [rate, setRate] = useState(0);
  useEffect(() => {
    total.current = count ?? total.current + 1;
  });
  useEffect(() => {
    let then = { total: total.current, at: performance.now() };
    const timer = setInterval(() => {
      const now = { total: total.current, at: performance.now() };
      setRate(Math.max(0, Math.round(((now.total - then.total) * 1_000) / (now.at - then.at))));
      then = now;
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return rate;
}
