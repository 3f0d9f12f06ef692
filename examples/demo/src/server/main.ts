import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { startDemo } from './demo.js';
import { listen } from './listen.js';
import { targetOf } from './request-target.js';
import { StaticFiles } from './static-files.js';

const page = await StaticFiles.load(fileURLToPath(new URL('../page', import.meta.url)));
const server = createServer();
const demo = await startDemo({ server });

server.on('request', (request, response) => {
  if (!demo.answer(request, response)) page.answer(targetOf(request).path, response);
});
console.log(`http://localhost:${await listen(server, process.env['PORT'])}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);

async function stop(): Promise<void> {
  await demo.close();
  server.close();
  server.closeAllConnections();
}
