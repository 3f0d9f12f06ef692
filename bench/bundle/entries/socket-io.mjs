import { io } from 'socket.io-client';

const socket = io('ws://localhost:3000', { transports: ['websocket'] });
console.log(await socket.emitWithAck('greet', { name: 'Ada' }));
socket.on('tick', console.log);
socket.emit('ticks', { symbol: 'ACME' });
