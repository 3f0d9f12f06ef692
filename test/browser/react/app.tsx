import type { Client, Connection } from '@hawser/client';
import { connect, createClient } from '@hawser/client';
import type { HiddenMode } from '@hawser/react';
import { ConnectionProvider, skipToken, useConnection, useStream } from '@hawser/react';
import type { ReactNode } from 'react';
import { Component, Suspense, startTransition, useInsertionEffect, useState } from 'react';
import type { ReactRouter } from './router.ts';
import { Shared } from './shared.tsx';

/** What a test reads and does besides clicking. */
export interface Harness {
  readonly connection: Connection;
  readonly api: Client<ReactRouter>;
  /** Commits of the component under test. */
  commits: number;
  /** Items that its reducer had. */
  reduced: number;
  /** Lets those go on that are suspended. */
  resume(): void;
}

export function harness(url: string): Harness {
  // On a server nothing is ever called, and so nothing dialled.
  const connection = connect({ url, lazy: true });
  return { connection, api: createClient<ReactRouter>(connection), commits: 0, reduced: 0, resume() {} };
}

interface Own {
  readonly own: Harness;
}

// StrictMode runs insertion effects once.
function useCommits(own: Harness): void {
  useInsertionEffect(() => {
    own.commits++;
  });
}

/** Each status that was rendered, without repetitions. */
function useTrail(status: string): string {
  const [trail, setTrail] = useState(status);
  if (!trail.endsWith(status)) setTrail(`${trail} ${status}`);
  return trail;
}

const none: readonly number[] = [];
const append = (list: readonly number[], items: readonly number[]): readonly number[] => [...list, ...items];

interface Shown {
  readonly stream: {
    readonly status: string;
    readonly error: unknown;
    readonly gap: { readonly reason: string } | undefined;
    readonly restart: () => void;
  };
  readonly data: unknown;
}

function Show({ stream: { status, error, gap, restart }, data }: Shown): ReactNode {
  return (
    <section>
      <output data-testid="trail">{useTrail(status)}</output>
      <output data-testid="status">{status}</output>
      <output data-testid="data">{String(data)}</output>
      <output data-testid="error">{error instanceof Error ? error.message : 'none'}</output>
      <output data-testid="gap">{gap?.reason ?? 'none'}</output>
      <button type="button" data-testid="restart" onClick={restart}>
        Restart
      </button>
    </section>
  );
}

function News({ own }: Own): ReactNode {
  useCommits(own);
  const [rendered, render] = useState(0);
  const stream = useStream(own.api.news, { room: 'all' }, { initial: none, reduceAll: append });
  return (
    <>
      <Show stream={stream} data={stream.data} />
      <button type="button" data-testid="render" onClick={() => render(rendered + 1)}>
        Rendered {rendered}
      </button>
    </>
  );
}

function Mended({ own }: Own): ReactNode {
  const stream = useStream(
    own.api.news,
    { room: 'all' },
    {
      initial: none,
      reduceAll: append,
      reduceGap: (list) => [...list, -1],
    },
  );
  return <Show stream={stream} data={stream.data} />;
}

function Log({ own }: Own): ReactNode {
  const stream = useStream(
    own.api.log,
    {},
    {
      initial: none,
      reduce: (ids, { data }) => [...ids, data],
    },
  );
  return <Show stream={stream} data={stream.data} />;
}

function Newest({ own }: Own): ReactNode {
  const stream = useStream(own.api.news, { room: 'all' });
  return <Show stream={stream} data={stream.data} />;
}

interface Tally {
  readonly count: number;
  readonly last: number;
  /** Items that were not the one after the last. */
  readonly jumps: number;
}

const nothing: Tally = { count: 0, last: 0, jumps: 0 };

const tally = ({ count, last, jumps }: Tally, n: number): Tally => ({
  count: count + 1,
  last: n,
  jumps: jumps + (n === last + 1 ? 0 : 1),
});

interface FloodProps extends Own {
  readonly count: number;
  readonly hidden?: HiddenMode;
}

function Flood({ own, count, hidden }: FloodProps): ReactNode {
  useCommits(own);
  const stream = useStream(own.api.flood, { count }, { initial: nothing, reduce: tally, hidden });
  return <Show stream={stream} data={Object.values(stream.data).join(' ')} />;
}

/** A reducer that takes 2 ms for each item. */
function Slow({ own }: Own): ReactNode {
  useCommits(own);
  const stream = useStream(
    own.api.flood,
    { count: 200 },
    {
      initial: nothing,
      reduce(state, n) {
        const begun = performance.now();
        while (performance.now() - begun < 2);
        own.reduced++;
        return tally(state, n);
      },
    },
  );
  return <Show stream={stream} data={Object.values(stream.data).join(' ')} />;
}

function Fail({ own }: Own): ReactNode {
  const stream = useStream(own.api.fail, undefined);
  return <Show stream={stream} data={stream.data} />;
}

function Skipped({ own }: Own): ReactNode {
  const [room, setRoom] = useState<string>();
  const stream = useStream(own.api.news, room === undefined ? skipToken : { room });
  return (
    <>
      <Show stream={stream} data={stream.data} />
      <button
        type="button"
        data-testid="skip"
        onClick={() => setRoom(room === undefined ? 'all' : undefined)}
      >
        {room ?? 'nowhere'}
      </button>
    </>
  );
}

class Boundary extends Component<{ readonly children: ReactNode }, { readonly caught: string }> {
  override readonly state = { caught: '' };

  static getDerivedStateFromError(error: Error): { readonly caught: string } {
    return { caught: error.message };
  }

  override render(): ReactNode {
    const { caught } = this.state;
    return caught === '' ? this.props.children : <output data-testid="caught">{caught}</output>;
  }
}

function Crash({ own }: Own): ReactNode {
  const stream = useStream(
    own.api.news,
    { room: 'all' },
    {
      initial: 0,
      reduce() {
        throw new Error('This reducer fails');
      },
    },
  );
  return <Show stream={stream} data={stream.data} />;
}

/** An input that is the same in each render, until it is written in place. */
function Unsteady({ own }: Own): ReactNode {
  const [steady, setSteady] = useState(true);
  const [kept] = useState(everywhere);
  const stream = useStream(own.api.news, steady ? kept : everywhere());
  return (
    <>
      <Show stream={stream} data={stream.data} />
      <button type="button" data-testid="in-place" onClick={() => setSteady(false)}>
        Write in place
      </button>
    </>
  );
}

const everywhere = () => ({ room: 'all', only: new Map() });

/** Rooms take until `resume` to render the first time, but for the first one. */
const gates = new Map<string, Promise<void> | 'open'>([['one', 'open']]);

function useRoom(own: Harness, room: string): void {
  const gate = gates.get(room) ?? closeGate(own, room);
  if (gate !== 'open') throw gate;
}

function closeGate(own: Harness, room: string): Promise<void> {
  const gate = new Promise<void>((resolve) => {
    own.resume = () => {
      gates.set(room, 'open');
      resolve();
    };
  });
  gates.set(room, gate);
  return gate;
}

function Room({ own, room }: Own & { readonly room: string }): ReactNode {
  const stream = useStream(own.api.news, { room });
  useRoom(own, room);
  return (
    <>
      <Show stream={stream} data={stream.data} />
      <output data-testid="room">{room}</output>
    </>
  );
}

function Rooms({ own, first }: Own & { readonly first: string }): ReactNode {
  const [room, setRoom] = useState(first);
  return (
    <>
      <Suspense fallback={<output data-testid="fallback">Loading</output>}>
        <Room own={own} room={room} />
      </Suspense>
      <button type="button" data-testid="move" onClick={() => startTransition(() => setRoom('two'))}>
        Move
      </button>
    </>
  );
}

function Line(): ReactNode {
  const { state, reason, attempt, retryAt, roundTripMs, retry } = useConnection();
  return (
    <section>
      <output data-testid="line">{state}</output>
      <output data-testid="line-reason">{reason ?? 'none'}</output>
      <output data-testid="line-attempt">{attempt}</output>
      <output data-testid="line-retry-at">{retryAt === undefined ? 'none' : 'some'}</output>
      <output data-testid="line-round-trip">{roundTripMs ?? 'none'}</output>
      <button type="button" data-testid="retry" onClick={retry}>
        Retry
      </button>
    </section>
  );
}

const scenes: Record<string, (own: Harness) => ReactNode> = {
  news: (own) => <News own={own} />,
  mended: (own) => <Mended own={own} />,
  log: (own) => <Log own={own} />,
  newest: (own) => <Newest own={own} />,
  burst: (own) => <Flood own={own} count={50_000} />,
  slow: (own) => <Slow own={own} />,
  keep: (own) => <Flood own={own} count={1e9} hidden="keep" />,
  latest: (own) => <Flood own={own} count={1e9} hidden="latest" />,
  pause: (own) => <Flood own={own} count={1e9} hidden="pause" />,
  fail: (own) => <Fail own={own} />,
  skipped: (own) => <Skipped own={own} />,
  crash: (own) => (
    <Boundary>
      <Crash own={own} />
    </Boundary>
  ),
  unsteady: (own) => (
    <Boundary>
      <Unsteady own={own} />
    </Boundary>
  ),
  suspended: (own) => <Rooms own={own} first="two" />,
  rooms: (own) => <Rooms own={own} first="one" />,
  shared: () => <Shared />,
};

/** The scenes that a server can render: nothing suspends there. */
export const rendered = Object.keys(scenes).filter((scene) => scene !== 'suspended');

interface AppProps extends Own {
  readonly scene: string;
}

export function App({ own, scene }: AppProps): ReactNode {
  const [shown, setShown] = useState(rendered.includes(scene));
  return (
    <ConnectionProvider connection={own.connection}>
      <Line />
      {shown && scenes[scene]?.(own)}
      <button type="button" data-testid="toggle" onClick={() => setShown(!shown)}>
        {shown ? 'Hide' : 'Show'}
      </button>
    </ConnectionProvider>
  );
}
