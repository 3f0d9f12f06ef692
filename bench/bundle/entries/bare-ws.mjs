const socket = new WebSocket('ws://localhost:3000');
const waiting = new Map();
let lastId = 0;

socket.onmessage = ({ data }) => {
  for (const { id, payload } of JSON.parse(data)) waiting.get(id)(payload);
};
await new Promise((resolve) => {
  socket.onopen = resolve;
});

function call(method, payload, onAnswer) {
  waiting.set(++lastId, onAnswer);
  socket.send(JSON.stringify([{ id: lastId, method, payload }]));
}

call('greet', { name: 'Ada' }, console.log);
call('ticks', { symbol: 'ACME' }, console.log);
