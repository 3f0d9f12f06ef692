import { bundleSize } from './bundle-size.mjs';

const own = /** @type {const} */ ([
  ['bare-ws', 'bare `WebSocket`'],
  ['hawser', 'Hawser'],
  ['hawser-link', 'Hawser, through `hawserLink`'],
  ['trpc-client-error', '`TRPCClientError` alone'],
]);

const peers = /** @type {const} */ ([
  ['trpc', 'tRPC'],
  ['orpc', 'oRPC'],
  ['capnweb', 'capnweb'],
  ['socket-io', 'socket.io'],
  ['graphql-ws', 'graphql-ws'],
  ['river', 'river'],
]);

/**
 * What a browser loads to connect, make one call and read one subscription: a row for each contender.
 * @param {boolean} withPeers
 */
export async function bundles(withPeers) {
  const rows = [];
  for (const [contender, title] of withPeers ? [...own, ...peers] : own)
    rows.push({ contender, title, ...(await bundleSize(contender)) });
  return rows;
}

/**
 * As Markdown.
 * @param {Awaited<ReturnType<typeof bundles>>} rows
 */
export function bundleTable(rows) {
  return [
    '| client | gzip, kB | minified, kB | loaded when it is needed, gzip kB |',
    '| --- | --: | --: | --: |',
    ...rows.map(
      ({ title, gzip, minified, later }) =>
        `| ${title} | ${kilobytes(gzip)} | ${kilobytes(minified)} | ${later === 0 ? '' : kilobytes(later)} |`,
    ),
  ].join('\n');
}

/** @param {number} bytes */
export function kilobytes(bytes) {
  return (bytes / 1000).toFixed(1);
}
