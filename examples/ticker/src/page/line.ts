import { connect, createClient } from '@hawser/client';
import { randomId } from '../../../shared/src/page/random-id.js';
import { tab } from '../../../shared/src/page/tab.js';
import type { AppRouter } from '../server/router.js';

const KEY = 'hawser-trader';

/** Whose orders these are: the same in all tabs of a browser. */
const trader = localStorage.getItem(KEY) ?? randomId();
localStorage.setItem(KEY, trader);

export const connection = connect({ url: `rpc?tab=${tab}`, params: () => ({ trader }) });
export const api = createClient<AppRouter>(connection);
