import { useEffect, useRef, useState } from 'react';
import { Figure } from '../../../shared/src/page/figure.js';
import type { Boat } from '../server/frame.js';
import type { Key, Tiller } from './tiller.js';

interface HelmProps {
  readonly tiller: Tiller;
  readonly boat: Boat | undefined;
  readonly tick: number;
  readonly skipped: number;
}

const BUTTONS: readonly { readonly key: Key; readonly label: string; readonly hint: string }[] = [
  { key: 'port', label: 'Port', hint: 'A' },
  { key: 'sail', label: 'Sail', hint: 'W' },
  { key: 'starboard', label: 'Starboard', hint: 'D' },
  { key: 'fire', label: 'Fire', hint: 'space' },
];

export function HelmPanel({ tiller, boat, tick, skipped }: HelmProps) {
  const rate = useRate(tick);
  return (
    <section className="panel helm" aria-labelledby="helm-title">
      <header className="panel-head">
        <h2 id="helm-title">The helm</h2>
        <p className="aside">or arrow keys, or press the bay</p>
      </header>
      <div className="helm-buttons">
        {BUTTONS.map(({ key, label, hint }) => (
          <button
            key={key}
            type="button"
            data-testid={key}
            onPointerDown={() => tiller.press(key)}
            onPointerUp={() => tiller.release(key)}
            onPointerLeave={() => tiller.release(key)}
            onKeyDown={(event) => event.code === 'Space' && tiller.press(key)}
            onKeyUp={() => tiller.release(key)}
          >
            {label} <kbd>{hint}</kbd>
          </button>
        ))}
      </div>
      <dl className="figures">
        <Figure label="frames a second" value={rate} testId="rate" />
        <Figure label="left out" value={skipped} testId="left-out" />
        <Figure label="knots" value={Math.round((boat?.speed ?? 0) / METRES_A_KNOT)} testId="knots" />
        <Figure label="helm, said" value={tiller.words} testId="said" />
        <Figure label="helm, obeyed" value={`${boat?.helms ?? 0} of ${boat?.helm ?? 0}`} testId="obeyed" />
      </dl>
    </section>
  );
}

/** As fast as it looks. */
const METRES_A_KNOT = 25;

/** Frames that came in the last second. */
function useRate(tick: number): number {
  const frames = useRef(0);
  const [rate, setRate] = useState(0);
  useEffect(() => {
    if (tick > 0) frames.current += 1;
  }, [tick]);
  useEffect(() => {
    let then = { frames: frames.current, at: performance.now() };
    const timer = setInterval(() => {
      const now = { frames: frames.current, at: performance.now() };
      setRate(Math.round(((now.frames - then.frames) * 1_000) / (now.at - then.at)));
      then = now;
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return rate;
}
