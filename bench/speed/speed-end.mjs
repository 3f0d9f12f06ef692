// One end of one contender, in a process of its own; `speed-pair.mjs` starts and commands it.
// Usage: node speed-end.mjs server <contender> <transformer> | client <contender> <transformer> <scenario> <url>
import process from 'node:process';
import { cpuTime } from '../cpu-time.mjs';
import { loadSpeedContender } from './speed-contender.mjs';
import { scenarioOf } from './speed-scenario.mjs';
import { tcpBytes } from './tcp-bytes.mjs';

const [role, name = '', transformerName, scenarioName = '', url = ''] = process.argv.slice(2);
const transformer = transformerName === 'superjson' ? 'superjson' : 'none';
const contender = await loadSpeedContender(name);

process.on('disconnect', () => process.exit());
if (role === 'server') await serve();
else await load();

async function serve() {
  const server = await contender.serve(transformer);
  process.on('message', () => process.send?.({ cpu: cpuTime(), memory: memory() }));
  process.send?.(server.url);
}

async function load() {
  const { load } = scenarioOf(scenarioName);
  const connect = () => contender.connect(url, transformer);
  /** @type {import('./speed-contender.mjs').SpeedClient[]} */
  const clients = [];
  while (clients.length < load.sockets) clients.push(await connect());
  process.on('message', async (size) => {
    const bytes = tcpBytes();
    const cpu = cpuTime();
    const done = await load.run(clients, Number(size), connect);
    process.send?.({ ...done, cpu: cpuTime() - cpu, bytes: tcpBytes() - bytes });
  });
  await load.check(clients, connect);
  process.send?.('checked');
}

/** What this process holds, in bytes; without garbage where `--expose-gc` lets it be collected. */
function memory() {
  const { gc } = globalThis;
  if (!gc) return Number.NaN;
  gc();
  gc();
  return process.memoryUsage().rss;
}
