// One end of one contender, in a process of its own; `processes.mjs` starts and commands it.
// Usage: node end.mjs server <contender> | client <contender> <scenario> <url>
import process from 'node:process';
import { loadContender, loadScenario } from './contender.mjs';
import { cpuTime } from './cpu-time.mjs';

const [role, contenderName = '', scenarioName = '', url = ''] = process.argv.slice(2);
const contender = await loadContender(contenderName);

process.on('disconnect', () => process.exit());
if (role === 'server') {
  const server = await contender.serve();
  process.on('message', () => process.send?.(cpuTime()));
  process.send?.(server.url);
} else {
  const scenario = await loadScenario(scenarioName);
  const client = await contender.connect(url);
  process.on('message', async (calls) => {
    const before = cpuTime();
    const answer = await scenario.measure(client, Number(calls));
    process.send?.({ answer, cpu: cpuTime() - before });
  });
  await scenario.check(client);
  process.send?.('checked');
}
