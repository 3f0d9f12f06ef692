import { type Store, useStore } from '../../../shared/src/page/store.js';
import { clockWithSeconds } from './clock.js';
import type { LineEvent } from './line-record.js';

export function LineLog({ events }: { readonly events: Store<readonly LineEvent[]> }) {
  return (
    <section className="log" aria-labelledby="log-title">
      <h3 id="log-title">Log</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
      <ol tabIndex={0} aria-labelledby="log-title" data-testid="log">
        {useStore(events).map(({ id, at, kind, text, times }) => (
          <li key={id} data-kind={kind}>
            <time dateTime={at.toISOString()}>{clockWithSeconds.format(at)}</time> {text}
            {times > 1 && ` × ${times}`}
          </li>
        ))}
      </ol>
    </section>
  );
}
