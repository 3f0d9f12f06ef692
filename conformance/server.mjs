// Starts a Hawser server for the suite, from the built packages, and prints its URL.
//
//   node conformance/server.mjs '{"handshakeMs":200}'
//
// It ends when its stdin ends or at SIGTERM, and only then: if it does not exit by itself after that,
// the server has left something open, and the suite says so.
import { serve } from '@hawser/adapter-node';
import { createContext, router } from './server-router.mjs';
import { gates } from './server-state.mjs';

const options = JSON.parse(process.argv[2] ?? '{}');
const server = await serve({
  router,
  host: '127.0.0.1',
  port: 0,
  path: '/rpc',
  createContext,
  identity: ({ params }) => params?.user,
  onError: () => {},
  ...options,
});

const url = new URL(server.url);
url.hostname = '127.0.0.1';
process.stdout.write(`${url.href}\n`);

let ending = false;
async function end() {
  if (ending) return;
  ending = true;
  gates.openAll();
  process.stdin.destroy();
  await server.close();
}

process.on('SIGTERM', end);
process.stdin.on('end', end).resume();
