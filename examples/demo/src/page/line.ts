import { connect, createClient } from '@hawser/client';
import { tab } from '../../../shared/src/page/tab.js';
import type { AppRouter } from '../server/router.js';

/** The server's scissors find the socket by the tab in the URL, its router by that of the parameter. */
export const connection = connect({
  url: `rpc?tab=${tab}`,
  params: () => ({ tab }),
});

export const api = createClient<AppRouter>(connection);

export type Api = typeof api;
