import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';

const api = createTRPCClient({ links: [wsLink({ client: createWSClient({ url: 'ws://localhost:3000' }) })] });
console.log(await api.greet.query({ name: 'Ada' }));
api.ticks.subscribe({ symbol: 'ACME' }, { onData: console.log });
