import { Store } from './store.js';
import { tab } from './tab.js';

/** Whether this page's line is cut, and stays so until it is mended. */
export const lineIsCut = new Store(false);

/** Over plain HTTP: the line has no part in its own cutting. The server destroys the raw socket and tells nobody. */
export async function cutLine(): Promise<void> {
  lineIsCut.set((await post(`cut?tab=${tab}`)) || lineIsCut.value);
}

/** The next dial goes through; `connection.retry()` does not wait for it. */
export async function mendLine(): Promise<void> {
  lineIsCut.set(!(await post(`mend?tab=${tab}`)) && lineIsCut.value);
}

/** Ends this example's server with all its sessions, and starts another. Resolves when that one is there. */
export async function restartServer(): Promise<void> {
  await post('restart');
}

/** Paths are below the page's own. Says whether it was done. */
async function post(path: string): Promise<boolean> {
  const answer = await fetch(path, { method: 'POST' }).catch(() => undefined);
  return answer?.ok ?? false;
}
