import { connect, createClient } from '@hawser/client';
import { keptInTab } from '../../../shared/src/page/kept-in-tab.js';
import { loadName, saveName } from '../../../shared/src/page/own-name.js';
import { randomId } from '../../../shared/src/page/random-id.js';
import { Store } from '../../../shared/src/page/store.js';
import { tab } from '../../../shared/src/page/tab.js';
import type { Room } from '../server/message-store.js';
import type { AppRouter } from '../server/router.js';

/** Stands for a user who has signed in: the same after a reload. */
export const me = keptInTab('hawser-chat-user', randomId);
export const myName = new Store(loadName());

/** Asked for who this is at each dial. */
const params = () => ({ id: me, name: myName.value });

export const connection = connect({ url: `rpc?tab=${tab}`, params });
export const api = createClient<AppRouter>(connection);

/** From now on, also for those who are in the room. */
export function rename(room: Room, name: string): void {
  saveName(name);
  myName.set(name);
  const options = { idempotent: true, timeoutMs: Number.POSITIVE_INFINITY };
  api.rename.mutate({ room, name }, options).catch(reportError);
}
