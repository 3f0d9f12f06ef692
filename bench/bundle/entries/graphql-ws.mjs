import { createClient } from 'graphql-ws';

const client = createClient({ url: 'ws://localhost:3000' });
for await (const { data } of client.iterate({ query: '{ greet(name: "Ada") }' })) console.log(data);
for await (const { data } of client.iterate({ query: 'subscription { ticks(symbol: "ACME") { price } }' }))
  console.log(data);
