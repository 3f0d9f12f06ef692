import { newWebSocketRpcSession } from 'capnweb';

const api = newWebSocketRpcSession('ws://localhost:3000');
console.log(await api.greet({ name: 'Ada' }));
for await (const tick of await api.ticks({ symbol: 'ACME' })) console.log(tick);
