import { on, once } from 'node:events';
import { buildSchema, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { asAda } from '../as-ada.mjs';
import { Newsroom } from '../newsroom.mjs';
import { tickSource } from '../tick-source.mjs';

/** @typedef {import('../../payloads.mjs').Order} Order */
/** @typedef {import('../../payloads.mjs').Tick} Tick */
/** @typedef {import('../newsroom.mjs').Publication} Publication */

const fields = 'seq symbol side price quantity account tags note';

const schema = buildSchema(`
  type Order { ${typed('String!')} }
  input OrderInput { ${typed('String!')} }
  type Tick { seq: Int! price: Float! note: String }
  type Query { echo(order: OrderInput!): Order! guarded(order: OrderInput!): Order! }
  type Mutation { publish(count: Int!, listeners: Int!): Boolean }
  type Subscription { ticks(count: Int!): Tick! news: Tick! }
`);

/** @param {string} text */
function typed(text) {
  return `seq: Int! symbol: ${text} side: ${text} price: Float! quantity: Int! account: ${text} tags: [${text}]! note: String`;
}

/** Parsed and validated once, as its recipe for persisted queries has it: https://the-guild.dev/graphql/ws/recipes. */
const queries = new Map(
  Object.entries({
    echo: `query ($order: OrderInput!) { echo(order: $order) { ${fields} } }`,
    guarded: `query ($order: OrderInput!) { guarded(order: $order) { ${fields} } }`,
    publish: 'mutation ($count: Int!, $listeners: Int!) { publish(count: $count, listeners: $listeners) }',
    ticks: 'subscription ($count: Int!) { ticks(count: $count) { seq price note } }',
    news: 'subscription { news { seq price note } }',
  }).map(([name, text]) => [name, parse(text)]),
);

const newsroom = new Newsroom();

const rootValue = {
  /** @param {{ order: Order }} variables */
  echo: ({ order }) => order,
  /** @param {{ order: Order }} variables */
  guarded: ({ order }) =>
    asAda(({ user }) => {
      if (user !== 'ada') throw new Error('The middleware did not run');
      return order;
    }),
  /** @param {Publication} publication */
  publish: (publication) => newsroom.publish(publication),
  /** @param {{ count: number }} variables */
  async *ticks({ count }) {
    for await (const ticks of tickSource(count)) yield { ticks };
  },
  async *news() {
    for await (const [news] of on(newsroom, 'news')) yield { news };
  },
};

/** Its types validate. */
/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  title: 'graphql-ws',

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    useServer(
      {
        onSubscribe(_, __, { variables, extensions }) {
          const document = queries.get(String(extensions?.['persistedQuery']));
          if (!document) throw new Error('No such query');
          return { schema, document, rootValue, variableValues: variables };
        },
      },
      server,
    );
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    return { url: `ws://127.0.0.1:${port}` };
  },

  async connect(url) {
    const client = createClient({ url, webSocketImpl: WebSocket, lazy: false });
    /**
     * @param {string} name
     * @param {Record<string, unknown>} variables
     * @param {(data: Record<string, any>) => void} onData
     */
    const run = (name, variables, onData) =>
      new Promise((resolve, reject) => {
        client.subscribe(
          { query: '', variables, extensions: { persistedQuery: name } },
          {
            next: ({ data, errors }) => (data ? onData(data) : reject(errors)),
            error: reject,
            complete: () => resolve(undefined),
          },
        );
      });
    /** @param {string} name */
    const query = (name) => async (/** @type {Order} */ order) => {
      let answer;
      await run(name, { order }, (data) => {
        answer = data[name];
      });
      return answer;
    };
    return {
      echo: query('echo'),
      guarded: query('guarded'),
      ticks: (count, onTick) => run('ticks', { count }, ({ ticks }) => onTick(ticks)),
      async listen(onNews) {
        void run('news', {}, ({ news }) => onNews(news));
      },
      publish: ({ count, listeners }) => run('publish', { count, listeners }, () => {}),
    };
  },
};
