import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { startChat } from '../../../chat/src/server/server.js';
import { startDemo } from '../../../demo/src/server/demo.js';
import { listen } from '../../../demo/src/server/listen.js';
import { targetOf } from '../../../demo/src/server/request-target.js';
import { StaticFiles } from '../../../demo/src/server/static-files.js';
import { startGame } from '../../../game/src/server/server.js';
import { startScores } from '../../../scores/src/server/server.js';
import { startTicker } from '../../../ticker/src/server/server.js';
import { Stage } from './stage.js';

const pages = await StaticFiles.load(fileURLToPath(new URL('../../../../page', import.meta.url)));

const stages: Readonly<Record<string, Stage>> = {
  chat: new Stage(startChat),
  ticker: new Stage(startTicker),
  scores: new Stage(startScores),
  game: new Stage(startGame),
  demo: new Stage(startDemo),
};
await Promise.all(Object.values(stages).map((stage) => stage.open()));

const server = createServer(answer).on('upgrade', upgrade);
console.log(`http://localhost:${await listen(server, process.env['PORT'])}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== 'POST') pages.answer(targetOf(request).path, response);
  else if (!enter(request)?.answer(request, response)) response.writeHead(404).end();
}

function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const stage = enter(request);
  if (stage) stage.upgrade(request, socket, head);
  else socket.destroy();
}

/** The stage that the path begins with. What is left of the path is the stage's. */
function enter(request: IncomingMessage): Stage | undefined {
  const [, name = '', rest = ''] = request.url?.match(/^\/(\w+)(\/.*)$/) ?? [];
  if (!Object.hasOwn(stages, name)) return undefined;
  request.url = rest;
  return stages[name];
}

async function stop(): Promise<void> {
  await Promise.all(Object.values(stages).map((stage) => stage.close()));
  server.close();
  server.closeAllConnections();
}
