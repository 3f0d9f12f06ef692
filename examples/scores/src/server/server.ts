import { serve } from '@hawser/adapter-node';
import type { Mount, Running } from '../../../shared/src/server/mount.js';
import { League } from './league.js';
import { createRouter } from './router.js';

const league = new League();

/** A session without a socket ends after so many ms: few, so that it is soon seen what comes then. */
const WINDOW_MS = 4_000;

/** Called at each start of the server: the log of its news is new, the league goes on. */
export async function startScores(mount: Mount): Promise<Running> {
  return serve({
    ...mount,
    router: createRouter(league),
    createContext: ({ session }) => ({ session: session.id }),
    windowMs: WINDOW_MS,
  });
}
