import { useStream } from '@hawser/react';
import { useEffect, useReducer } from 'react';
import type { Room } from '../server/message-store.js';
import { api, me } from './line.js';

/** Who types says so at most this often, and is believed for a little longer, in ms. */
export const SAY_EVERY_MS = 1_500;
const BELIEVED_MS = 3_000;

interface Typist {
  readonly name: string;
  readonly until: number;
}

type Typists = ReadonlyMap<string, Typist>;

interface TypingProps {
  readonly room: Room;
  /** Who said something: whoever it is has stopped typing. */
  readonly spoke: { readonly author: string; readonly at: number } | undefined;
}

export function Typing({ room, spoke }: TypingProps) {
  const { data: typists } = useStream(api.typing.watch, room, {
    initial: (): Typists => new Map(),
    reduce: (known, { data }): Typists =>
      data.user === me
        ? known
        : new Map(known).set(data.user, { name: data.name, until: Date.now() + BELIEVED_MS }),
    // What somebody typed a while ago is of no interest to anybody.
    reduceGap: (known) => known,
  });
  const now = usePulse(500);
  const names = [...typists.values()]
    .filter(({ name, until }) => until > now && !(spoke?.author === name && spoke.at > until - BELIEVED_MS))
    .map(({ name }) => name);
  return (
    <p className="typing aside" data-testid="typing" aria-live="polite">
      {names.length > 0 && `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} typing`}
    </p>
  );
}

/** The time, which makes itself known every so many ms. */
function usePulse(everyMs: number): number {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(render, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return Date.now();
}
