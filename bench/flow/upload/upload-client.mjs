// The client of `flow-upload`, in a process of its own: answers an order with one message.
// Usage: node upload-client.mjs <contender> <url>
import process from 'node:process';
import { RssGrowth } from '../rss-growth.mjs';
import { chunksOf, sha256 } from './chunks.mjs';
import { loadUploadContender } from './upload-contender.mjs';

const [name = '', url = ''] = process.argv.slice(2);
const growth = new RssGrowth();
const { connect } = await loadUploadContender(name);
const upload = await connect(url);

process.on('disconnect', () => process.exit());
process.on('message', async (/** @type {Parameters<typeof chunksOf>[0]} */ sizes) => {
  process.send?.(await measure(sizes));
});
process.send?.({});

/** @param {Parameters<typeof chunksOf>[0]} sizes */
async function measure(sizes) {
  const hash = sha256();
  growth.begin();
  const begun = performance.now();
  const arrived = await upload(chunksOf(sizes, hash));
  const ms = performance.now() - begun;
  return { right: arrived === hash.digest('hex'), ms, growth: growth.most };
}
