import { connect, createClient } from '@hawser/client';
import { tab } from '../../../shared/src/page/tab.js';
import type { AppRouter } from '../server/router.js';
import { clientRouter } from './client-router.js';

export const connection = connect({
  url: `rpc?tab=${tab}`,
  params: () => ({ player: tab }),
  router: clientRouter,
});
export const api = createClient<AppRouter>(connection);
