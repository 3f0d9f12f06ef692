import { connect, createClient } from '@hawser/client';
import { keptInTab } from '../../../shared/src/page/kept-in-tab.js';
import { randomId } from '../../../shared/src/page/random-id.js';
import { tab } from '../../../shared/src/page/tab.js';
import type { AppRouter } from '../server/router.js';

/** Stands for a user who has signed in: the same after a reload. */
export const me = keptInTab('hawser-chat-user', randomId);

export const connection = connect({ url: `rpc?tab=${tab}`, params: () => ({ user: me }) });
export const api = createClient<AppRouter>(connection);
