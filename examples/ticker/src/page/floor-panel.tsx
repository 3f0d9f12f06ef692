import { useEffect, useRef, useState } from 'react';
import { Figure } from '../../../shared/src/page/figure.js';
import { api } from './line.js';

const PACES = [
  { pace: 0, label: 'Halt' },
  { pace: 200, label: '200' },
  { pace: 2_000, label: '2,000' },
  { pace: 5_000, label: '5,000' },
] as const;

const LOOK_EVERY_MS = 1_000;

interface FloorProps {
  readonly pace: number | undefined;
  readonly updates: number;
  readonly spared: number;
}

export function FloorPanel({ pace, updates, spared }: FloorProps) {
  const rates = useRates(updates);
  return (
    <section className="panel floor-panel" aria-labelledby="floor-title">
      <header className="panel-head">
        <h2 id="floor-title">The floor</h2>
        <p className="aside">changes of each book in a second</p>
      </header>
      <fieldset className="paces" aria-label="Changes of each book in a second">
        {PACES.map((choice) => (
          <button
            key={choice.pace}
            type="button"
            aria-pressed={choice.pace === pace}
            data-testid={`pace-${choice.pace}`}
            onClick={() => void api.pace.set.mutate(choice.pace).catch(() => {})}
          >
            {choice.label}
          </button>
        ))}
      </fieldset>
      <dl className="figures">
        <Figure label="updates a second" value={rates.updates} testId="updates-rate" />
        <Figure label="renders a second" value={rates.renders} testId="renders-rate" />
        <Figure label="updates in all" value={updates} testId="updates" />
        <Figure label="spared, out of date" value={spared} testId="spared" />
      </dl>
    </section>
  );
}

/** How much comes, and how often this component renders. */
function useRates(updates: number): { readonly updates: number; readonly renders: number } {
  const counts = useRef({ updates: 0, renders: 0 });
  const [rates, setRates] = useState({ updates: 0, renders: 0 });
  useEffect(() => {
    counts.current = { updates, renders: counts.current.renders + 1 };
  });
  useEffect(() => {
    let then = { ...counts.current, at: performance.now() };
    const timer = setInterval(() => {
      const now = { ...counts.current, at: performance.now() };
      const perSecond = (count: number): number =>
        Math.max(0, Math.round((count * 1_000) / (now.at - then.at)));
      setRates({
        updates: perSecond(now.updates - then.updates),
        renders: perSecond(now.renders - then.renders),
      });
      then = now;
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return rates;
}
