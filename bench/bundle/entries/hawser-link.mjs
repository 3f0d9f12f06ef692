import { connect } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import { createTRPCClient } from '@trpc/client';

const api = createTRPCClient({
  links: [hawserLink({ connection: connect({ url: 'ws://localhost:3000' }) })],
});
console.log(await api.greet.query({ name: 'Ada' }));
api.ticks.subscribe({ symbol: 'ACME' }, { onData: console.log });
