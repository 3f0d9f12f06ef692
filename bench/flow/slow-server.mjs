// The server of `flow-slow`, in a process of its own: answers each order with one message.
// Usage: node --expose-gc slow-server.mjs <contender>
import process from 'node:process';
import { loadFlowContender } from './flow-contender.mjs';
import { heldMemory } from './held-memory.mjs';
import { Source } from './source.mjs';

const source = new Source();
const contender = await loadFlowContender(process.argv[2] ?? '');
const url = await contender.serve(source);

/** @type {Record<string, () => unknown>} */
const orders = {
  /** All that will be looked at comes after this. */
  begin() {
    source.begin();
    return heldMemory();
  },
  memory: heldMemory,
  report: () => source.report,
};

process.on('disconnect', () => process.exit());
process.on('message', async (/** @type {{ order: string }} */ { order }) => {
  process.send?.({ answer: await orders[order]?.() });
});
process.send?.({ answer: url });
