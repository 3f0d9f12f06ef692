import { connect, createClient } from '@hawser/client';
import { tab } from '../../../shared/src/page/tab.js';
import type { AppRouter } from '../server/router.js';
import { trader } from './trader.js';

export const connection = connect({ url: `rpc?tab=${tab}`, params: () => ({ trader }) });
export const api = createClient<AppRouter>(connection);
