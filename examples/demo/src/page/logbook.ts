import { Store } from '../../../shared/src/page/store.js';
import type { LogEntry } from '../server/logbook.js';
import type { Api } from './line.js';
import type { LineRecord } from './line-record.js';

/** What became of this tab's handlers at the server, by the task that they were asked for. */
export type Ends = ReadonlyMap<string, LogEntry>;

/** On a stream of its own: a call that was stopped is told nothing any more, so it cannot tell what it has done. */
export function followLogbook(api: Api, record: LineRecord): Store<Ends> {
  const ends = new Store<Ends>(new Map());
  api.logbook.subscribe(
    { lastEventId: '0' },
    {
      onData: ({ data }) => {
        record.received += 1;
        ends.set(new Map(ends.value).set(data.task, data));
      },
      onGap: ({ reason }) => record.gap('logbook', reason),
      onError: (error) => record.note('bad', `Logbook ended: ${error.message}`),
    },
  );
  return ends;
}
