import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { NodeSocket, OwnedWebSocket } from '../src/node-socket.ts';
import { textFrame } from '../src/text-frame.ts';

const texts = [
  '',
  'a',
  'x'.repeat(125),
  'x'.repeat(126),
  'é'.repeat(63),
  '日本'.repeat(100),
  'x'.repeat(65_535),
];

for (const text of [...texts, '😀'.repeat(20_000), '\ud800']) {
  test(`a frame of ${text.length} characters has the header of its bytes`, () => {
    const frame = textFrame(text);
    const payload = Buffer.from(text);
    const start = payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10;
    expect([frame[0], frame.length]).toEqual([0x81, start + payload.length]);
    expect(frame.subarray(start).equals(payload)).toBe(true);
    if (start === 2) expect(frame[1]).toBe(payload.length);
    else if (start === 4) expect([frame[1], frame.readUInt16BE(2)]).toEqual([126, payload.length]);
    else expect([frame[1], Number(frame.readBigUInt64BE(2))]).toEqual([127, payload.length]);
  });
}

test('frames of both ways of writing arrive whole and in order, pings between them, and none after the close', async () => {
  const http = createServer();
  const upgrader = new WebSocketServer({
    WebSocket: OwnedWebSocket,
    noServer: true,
    perMessageDeflate: false,
  });
  const sent: string[] = [];
  http.on('upgrade', (req, stream, head) => {
    upgrader.handleUpgrade(req, stream, head, (ws) => {
      const socket = new NodeSocket(ws, stream, new Set());
      socket.connect({ frame() {}, drained() {}, closed() {} });
      for (let round = 0; round < 200; round++) {
        const text = `${round} ${texts[round % texts.length]}`;
        socket.send(text);
        socket.send(Buffer.from(`bytes of ${round}`));
        ws.ping();
        sent.push(text, `bytes of ${round}`);
      }
      socket.close(4400, 'enough');
      socket.send('too late');
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
  const came: string[] = [];
  client.on('message', (data) => came.push(String(data)));
  const [code, reason] = await once(client, 'close');
  expect([came, code, String(reason)]).toEqual([sent, 4400, 'enough']);
  http.close();
  await once(http, 'close');
});
