import { largeRouter } from '../trpc-router.mjs';
import { serveTrpc } from '../trpc-server.mjs';
import { contender as trpc } from './trpc.mjs';

/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  ...trpc,
  title: 'tRPC, 500 procedures',
  serve: () => serveTrpc(largeRouter(495)),
};
