import { Figure } from '../../../shared/src/page/figure.js';
import { useRate } from '../../../shared/src/page/use-rate.js';
import { api } from './line.js';

const PACES = [0, 200, 2_000, 5_000];

interface FloorProps {
  readonly pace: number | undefined;
  readonly updates: number;
  readonly spared: number;
}

export function FloorPanel({ pace, updates, spared }: FloorProps) {
  return (
    <section className="panel floor-panel" aria-labelledby="floor-title">
      <header className="panel-head">
        <h2 id="floor-title">The floor</h2>
        <p className="aside">changes in a second</p>
      </header>
      <fieldset className="paces" aria-label="Changes in a second">
        {PACES.map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={choice === pace}
            data-testid={`pace-${choice}`}
            onClick={() => void api.pace.set.mutate(choice).catch(() => {})}
          >
            {choice === 0 ? 'Halt' : choice.toLocaleString('en')}
          </button>
        ))}
      </fieldset>
      <dl className="figures">
        <Figure label="updates a second" value={useRate(updates)} testId="updates-rate" />
        <Figure label="renders a second" value={useRate()} testId="renders-rate" />
        <Figure label="updates in all" value={updates} testId="updates" />
        <Figure label="spared, out of date" value={spared} testId="spared" />
      </dl>
    </section>
  );
}
