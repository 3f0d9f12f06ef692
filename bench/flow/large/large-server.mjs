// The server of `flow-large`, in a process of its own: answers each order with the CPU time that it has had.
// Usage: node large-server.mjs <contender>
import process from 'node:process';
import { cpuTime } from '../../cpu-time.mjs';
import { loadLargeContender } from './large-contender.mjs';

const { serve } = await loadLargeContender(process.argv[2] ?? '');

process.on('disconnect', () => process.exit());
process.on('message', () => process.send?.(cpuTime()));
process.send?.(await serve());
