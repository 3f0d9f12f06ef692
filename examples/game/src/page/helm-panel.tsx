import { Figure } from '../../../shared/src/page/figure.js';
import { useRate } from '../../../shared/src/page/use-rate.js';
import type { Boat } from '../server/frame.js';
import type { Tiller } from './tiller.js';

interface HelmProps {
  readonly tiller: Tiller;
  readonly boat: Boat | undefined;
  readonly came: number;
  readonly skipped: number;
}

const BUTTONS = [
  { key: 'port', label: 'Port' },
  { key: 'sail', label: 'Sail' },
  { key: 'starboard', label: 'Starboard' },
] as const;

/** As fast as it looks. */
const METRES_A_KNOT = 25;

export function HelmPanel({ tiller, boat, came, skipped }: HelmProps) {
  const rate = useRate(came);
  return (
    <section className="panel helm" aria-labelledby="helm-title">
      <h2 id="helm-title">The helm</h2>
      <p className="aside">arrow keys, or</p>
      <div className="helm-buttons">
        {BUTTONS.map(({ key, label }) => (
          <button
            key={key}
            type="button"
            onPointerDown={() => tiller.held.add(key)}
            onPointerUp={() => tiller.held.delete(key)}
            onPointerLeave={() => tiller.held.delete(key)}
          >
            {label}
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
