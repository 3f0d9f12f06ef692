import { connect } from '@hawser/client';
import { serveHawser } from '../hawser-server.mjs';
import { hawserSpeedClient } from '../hawser-speed-client.mjs';

/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  title: 'Hawser',
  serve: serveHawser,
  connect: async (url, transformer) => hawserSpeedClient(connect({ url }), transformer),
};
