import type { ConnectionStatus } from '@hawser/client';
import type { ConnectionLike, StreamProcedure } from '@hawser/react';
import { useConnection, useStream } from '@hawser/react';
import type { ReactNode } from 'react';
import { startTransition, useEffect, useRef, useState } from 'react';

/** A stream and a connection that the page itself speaks for, to each that listens at a time. */
const listeners = new Set<(item: number) => unknown>();

const procedure: StreamProcedure<undefined, number, Error> = {
  subscribe(_, { onData }) {
    const own = (item: number): unknown => onData?.(item);
    listeners.add(own);
    return { unsubscribe: () => listeners.delete(own) };
  },
};

const watchers = new Set<(status: ConnectionStatus) => void>();
let status: ConnectionStatus = { state: 'open', reason: undefined, attempt: 0, retryAt: undefined };
const connection: ConnectionLike = {
  get status() {
    return status;
  },
  subscribe(watcher) {
    watchers.add(watcher);
    watcher(status);
    return () => watchers.delete(watcher);
  },
  roundTripMs: undefined,
  measure() {},
  retry() {},
};

/** Something happens to the line, every other time to the stream too: all components are to show it, or none. */
function happen(): void {
  const attempt = status.attempt + 1;
  if (attempt % 2 === 0) for (const listener of listeners) listener(attempt);
  status = { ...status, attempt };
  for (const watcher of watchers) watcher(status);
}

const components = 40;

/** While a transition renders them, slowly, something happens. */
function Slow({ round, index }: { readonly round: number; readonly index: number }): ReactNode {
  const stream = useStream(procedure, undefined, { connection });
  const { attempt } = useConnection(connection);
  const begun = performance.now();
  while (round > 0 && performance.now() - begun < 2);
  if (round > 0 && index === components / 2) interrupt(round);
  return <output className="slow">{`${round} ${stream.data ?? 'none'} ${attempt}`}</output>;
}

const interrupted = new Set<number>();

function interrupt(round: number): void {
  if (interrupted.has(round)) return;
  interrupted.add(round);
  setTimeout(happen);
}

/** What differs between the components in any commit is written down. */
export function Shared(): ReactNode {
  const [round, setRound] = useState(0);
  const list = useRef<HTMLElement>(null);
  const [torn] = useState<string[]>([]);
  useEffect(() => {
    const look = (): void => {
      const texts = new Set([...(list.current?.children ?? [])].map(({ textContent }) => textContent));
      if (texts.size > 1) torn.push([...texts].join(' | '));
    };
    look();
    const observer = new MutationObserver(look);
    if (list.current) observer.observe(list.current, { subtree: true, characterData: true, childList: true });
    return () => observer.disconnect();
  }, [torn]);
  return (
    <>
      <main ref={list}>
        {Array.from({ length: components }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
          <Slow key={index} round={round} index={index} />
        ))}
      </main>
      <output data-testid="torn">{torn.join('; ') || 'none'}</output>
      <button type="button" data-testid="round" onClick={() => startTransition(() => setRound(round + 1))}>
        Again
      </button>
    </>
  );
}
