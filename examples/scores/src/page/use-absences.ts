import { useConnection } from '@hawser/react';
import { useEffect, useRef, useState } from 'react';
import { api } from './line.js';
import type { Standing } from './standing.js';

/** How a page that was without a line came to what it had missed. */
export interface Absence {
  readonly number: number;
  readonly ms: number;
  /** What happened meanwhile. */
  readonly news: number;
  /** The session went on; another one read the log; or it began with a table. */
  readonly how: 'session' | 'log' | 'table';
  /** News that the table made up for. */
  readonly leftOut: number;
}

interface Leave {
  readonly at: number;
  readonly seq: number;
  readonly tables: number;
}

interface Return extends Leave {
  readonly session: string;
  /** It is another server, whose log knows nothing of what this page has: there is a table to come. */
  readonly restarted: boolean;
  readonly newest: number;
  readonly ms: number;
}

/** Each time that the line was away: what was missed, and how it came. Oldest first. */
export function useAbsences(standing: Standing): readonly Absence[] {
  const { state } = useConnection();
  const [absences, setAbsences] = useState<readonly Absence[]>([]);
  const [back, setBack] = useState<Return>();
  const left = useRef<Leave>(undefined);
  const session = useRef<string>(undefined);
  const server = useRef<string>(undefined);
  const latest = useRef(standing);

  useEffect(() => {
    latest.current = standing;
  }, [standing]);

  useEffect(() => {
    if (state !== 'open') {
      const { seq, tables } = latest.current;
      left.current ??= { at: Date.now(), seq, tables };
      return;
    }
    const leave = left.current;
    left.current = undefined;
    const ms = leave ? Date.now() - leave.at : 0;
    api.newest.query().then(
      (newest) => {
        const restarted = server.current !== newest.server;
        server.current = newest.server;
        if (leave && session.current) {
          setBack({ ...leave, ms, newest: newest.seq, session: newest.session, restarted });
        } else session.current = newest.session;
      },
      () => {},
    );
  }, [state]);

  useEffect(() => {
    if (!back || standing.seq < back.newest) return;
    const sawTable = standing.tables > back.tables;
    if (back.restarted && !sawTable) return;
    const how = back.session === session.current ? 'session' : sawTable ? 'table' : 'log';
    session.current = back.session;
    setBack(undefined);
    setAbsences((known) => [
      ...known,
      {
        number: known.length + 1,
        ms: back.ms,
        news: back.newest - back.seq,
        how,
        leftOut: how === 'table' ? standing.leftOut : 0,
      },
    ]);
  }, [back, standing]);

  return absences;
}
