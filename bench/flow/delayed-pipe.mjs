import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A long way to a server on this machine: whatever is sent arrives so much later, either way. It is as wide as it is
 * asked to be: nothing is throttled, and nobody is held up by what is on its way.
 * @param {number} port
 * @param {number} oneWayMs
 */
export async function delayedPipe(port, oneWayMs) {
  const listener = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    carry(near, far, oneWayMs);
    carry(far, near, oneWayMs);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (listener.address());
  return { url: `ws://127.0.0.1:${address.port}`, close: () => listener.close() };
}

/**
 * @param {import('node:net').Socket} from
 * @param {import('node:net').Socket} to
 * @param {number} ms
 */
function carry(from, to, ms) {
  // Timers of one length fire in the order in which they were set.
  from.on('data', (chunk) => {
    setTimeout(() => to.writable && to.write(chunk), ms);
  });
  from.on('error', () => to.destroy());
  from.on('close', () => setTimeout(() => to.destroy(), ms));
}
