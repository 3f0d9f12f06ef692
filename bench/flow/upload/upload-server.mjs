// The server of `flow-upload`, in a process of its own: answers each order with one message.
// Usage: node upload-server.mjs <contender>
import process from 'node:process';
import { RssGrowth } from '../rss-growth.mjs';
import { loadUploadContender } from './upload-contender.mjs';

const contender = await loadUploadContender(process.argv[2] ?? '');
const growth = new RssGrowth();
const url = await contender.serve();

process.on('disconnect', () => process.exit());
process.on('message', (/** @type {'begin' | 'report'} */ order) => {
  if (order === 'begin') growth.begin();
  process.send?.({ growth: growth.most });
});
process.send?.({ url });
