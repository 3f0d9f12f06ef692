import { serveRouter } from '../hawser-server.mjs';
import { largeRouter } from '../trpc-router.mjs';
import { contender as hawser } from './hawser.mjs';

/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  ...hawser,
  title: 'Hawser, 500 procedures',
  serve: () => serveRouter(largeRouter(495)),
};
