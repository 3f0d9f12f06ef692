import type { ConnectionView } from '@hawser/react';

/** The state of the line in a word, and how far away the server is. */
export function LineState({ line }: { readonly line: ConnectionView }) {
  return (
    <p className="line-state">
      <i className="dot" aria-hidden="true" />
      <span role="status" data-testid="state">
        {line.state}
      </span>
      {line.state === 'open' && line.roundTripMs !== undefined && (
        <span className="round-trip" title="Round trip">
          {line.roundTripMs < 10 ? line.roundTripMs.toFixed(1) : Math.round(line.roundTripMs)} ms
        </span>
      )}
    </p>
  );
}
