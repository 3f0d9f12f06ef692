import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { orderSchema } from '../../payloads.mjs';
import { asAda } from '../as-ada.mjs';
import { Newsroom } from '../newsroom.mjs';
import { packing } from '../packing.mjs';
import { tickSource } from '../tick-source.mjs';

/**
 * Acknowledgements are its calls. The middleware is a function around the handler: those of socket.io itself see every
 * event of a socket, also those that are not guarded. WebSocket only, and without the request of each connection, as
 * its page about performance and memory says.
 * @type {import('../speed-contender.mjs').SpeedContender}
 */
export const contender = {
  title: 'socket.io',

  async serve(transformer) {
    const { pack, unpack } = packing(transformer);
    const server = new Server({ transports: ['websocket'], serveClient: false });
    const newsroom = new Newsroom({
      size: () => server.engine.clientsCount,
      tell: (news) => server.emit('news', pack(news)),
    });
    server.on('connection', (socket) => {
      socket.on('echo', (order, answer) => answer(pack(orderSchema.parse(unpack(order)))));
      socket.on('guarded', (order, answer) => {
        asAda(({ user }) => {
          if (user !== 'ada') throw new Error('The middleware did not run');
          answer(pack(orderSchema.parse(unpack(order))));
        });
      });
      socket.on('ticks', async (count, done) => {
        for await (const tick of tickSource(count)) socket.emit('tick', pack(tick));
        done();
      });
      socket.on('publish', (publication, done) => newsroom.publish(publication).then(done));
    });
    server.listen(0);
    server.engine.on('connection', (/** @type {{ request: unknown }} */ connection) => {
      connection.request = null;
    });
    const address = server.httpServer.address();
    if (address === null || typeof address === 'string') throw new Error('No port');
    return { url: `ws://127.0.0.1:${address.port}` };
  },

  async connect(url, transformer) {
    const { pack, unpack } = packing(transformer);
    const socket = io(url, { transports: ['websocket'], forceNew: true });
    await new Promise((resolve) => {
      socket.once('connect', () => resolve(undefined));
    });
    return {
      echo: async (order) => unpack(await socket.emitWithAck('echo', pack(order))),
      guarded: async (order) => unpack(await socket.emitWithAck('guarded', pack(order))),
      async ticks(count, onTick) {
        const listener = (/** @type {unknown} */ tick) => onTick(unpack(tick));
        socket.on('tick', listener);
        await socket.emitWithAck('ticks', count);
        socket.off('tick', listener);
      },
      async listen(onNews) {
        socket.on('news', (news) => onNews(unpack(news)));
      },
      publish: (publication) => socket.emitWithAck('publish', publication),
    };
  },
};
