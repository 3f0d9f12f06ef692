import { createClient } from '@replit/river';
import { WebSocketClientTransport } from '@replit/river/transport/ws/client';
import WebSocket from 'isomorphic-ws';

const transport = new WebSocketClientTransport(async () => new WebSocket('ws://localhost:3000'), 'ada');
const { desk } = createClient(transport, 'SERVER');
console.log(await desk.greet.rpc({ name: 'Ada' }));
const [ticks] = await desk.ticks.subscribe({ symbol: 'ACME' });
for await (const tick of ticks) console.log(tick);
