import type { ConnectionView } from '@hawser/react';
import { useEffect, useReducer } from 'react';
import { lineIsCut } from './scissors.js';
import { useStore } from './store.js';

/** The line, drawn: whole while it holds, parted while it does not, with what is being done about it in between. */
export function Rope({ line }: { readonly line: ConnectionView }) {
  const isCut = useStore(lineIsCut);
  return (
    <div className="rope">
      <i className="rope-half" />
      <p className="rope-gap" data-testid="outage">
        {line.state !== 'open' && (
          <>
            {isCut && 'cut · '}
            <Outage line={line} />
          </>
        )}
      </p>
      <i className="rope-half" />
    </div>
  );
}

function Outage({ line: { state, retryAt, reason, retry } }: { readonly line: ConnectionView }) {
  if (state === 'closed') return 'the line is closed';
  if (state !== 'waiting') return 'dialling';
  return (
    <>
      {retryAt === undefined ? `waiting: ${reason ?? 'refused'}` : <NextTry at={retryAt} />}
      <button type="button" className="link" data-testid="retry" onClick={retry}>
        try now
      </button>
    </>
  );
}

function NextTry({ at }: { readonly at: number }) {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(render, 100);
    return () => clearInterval(timer);
  }, []);
  return `next try in ${Math.max(0, (at - Date.now()) / 1000).toFixed(1)} s`;
}
