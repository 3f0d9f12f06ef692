import { connect, createClient } from '@hawser/client';
import type { AppRouter } from '../server/router.js';
import { randomId } from './random-id.js';

/** This page load. The server's scissors find the socket by the copy in the URL, its router by the parameter. */
export const tab = randomId();

export const connection = connect({
  url: `rpc?tab=${tab}`,
  params: () => ({ tab }),
});

export const api = createClient<AppRouter>(connection);

export type Api = typeof api;
