import { connect, createClient } from '@hawser/client';
import { tab } from '../../../shared/src/page/tab.js';
import type { AppRouter } from '../server/router.js';
import { createClientRouter } from './client-router.js';
import { Ship } from './ship.js';

export const ship = new Ship();

export const connection = connect({
  url: `rpc?tab=${tab}`,
  params: () => ({ player: tab }),
  router: createClientRouter(ship),
});
export const api = createClient<AppRouter>(connection);
