import { once } from 'node:events';
import { newWebSocketRpcSession, RpcTarget } from 'capnweb';
import { WebSocket, WebSocketServer } from 'ws';
import { orderSchema } from '../../payloads.mjs';
import { asAda } from '../as-ada.mjs';
import { Newsroom } from '../newsroom.mjs';
import { tickSource } from '../tick-source.mjs';

/** @typedef {import('../../payloads.mjs').Order} Order */
/** @typedef {import('../../payloads.mjs').Tick} Tick */
/** @typedef {import('capnweb').RpcStub<(news: Tick) => void>} Listener */

// Its client looks there, and not every Node has one.
Object.assign(globalThis, { WebSocket });

const newsroom = new Newsroom();

class Api extends RpcTarget {
  /** @param {Order} order */
  echo(order) {
    return orderSchema.parse(order);
  }

  /** @param {Order} order */
  guarded(order) {
    return asAda(({ user }) => {
      if (user !== 'ada') throw new Error('The middleware did not run');
      return orderSchema.parse(order);
    });
  }

  /** @param {number} count */
  ticks(count) {
    const source = tickSource(count);
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
  }

  /** @param {Listener} listener */
  listen(listener) {
    const kept = listener.dup();
    // Nobody waits for the answer, and so it need not be sent.
    newsroom.on('news', (news) => kept(news)[Symbol.dispose]());
  }

  /** @param {import('../newsroom.mjs').Publication} publication */
  publish(publication) {
    return newsroom.publish(publication);
  }
}

/** Its streams are those with flow control, its listeners are callbacks. */
/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  title: 'capnweb',

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => newWebSocketRpcSession(webSocket(socket), new Api()));
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    return { url: `ws://127.0.0.1:${port}` };
  },

  async connect(url) {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    /** @type {import('capnweb').RpcStub<Api>} */
    const api = newWebSocketRpcSession(webSocket(socket));
    return {
      echo: async (order) => api.echo(order),
      guarded: async (order) => api.guarded(order),
      async ticks(count, onTick) {
        /** @type {AsyncIterable<Tick>} */
        const ticks = await api.ticks(count);
        for await (const tick of ticks) onTick(tick);
      },
      listen: async (onNews) => api.listen(onNews),
      publish: async (publication) => api.publish(publication),
    };
  },
};

/** @param {WebSocket} socket */
function webSocket(socket) {
  return /** @type {globalThis.WebSocket} */ (/** @type {unknown} */ (socket));
}
