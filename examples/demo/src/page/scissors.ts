import { tab } from '../../../shared/src/page/tab.js';
import type { LineRecord } from './line-record.js';

/** Over plain HTTP: the line has no part in its own cutting. */
export async function harm(record: LineRecord, how: 'cut' | 'lose', holdMs: number): Promise<void> {
  const answer = await fetch(`${how}?tab=${tab}&hold=${holdMs}`, { method: 'POST' }).catch(() => undefined);
  if (!answer?.ok) record.note('note', 'The server found no line to cut');
}
