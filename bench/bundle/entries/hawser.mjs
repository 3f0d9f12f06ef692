import { connect, createClient } from '@hawser/client';

const api = createClient(connect({ url: 'ws://localhost:3000' }));
console.log(await api.greet.query({ name: 'Ada' }));
for await (const tick of api.ticks.subscribe({ symbol: 'ACME' })) console.log(tick);
