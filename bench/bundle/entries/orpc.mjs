import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';

const api = createORPCClient(new RPCLink({ websocket: new WebSocket('ws://localhost:3000') }));
console.log(await api.greet({ name: 'Ada' }));
for await (const tick of await api.ticks({ symbol: 'ACME' })) console.log(tick);
