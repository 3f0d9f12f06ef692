// The server of `flow-large`, in a process of its own.
// Usage: node large-server.mjs <contender>
import process from 'node:process';
import { loadLargeContender } from './large-contender.mjs';

const { serve } = await loadLargeContender(process.argv[2] ?? '');

process.on('disconnect', () => process.exit());
process.send?.(await serve());
