import { defaultLimits, limits } from '@hawser/core';
import { WebSocket } from 'ws';
import { hawser } from './hawser-contender.mjs';

/** More items, and bytes, than any stream has here. */
const unbounded = 2 ** 40;

/**
 * Hawser, with its credit or without. The code is the same: without, the tables say in both processes that a window
 * has no end to speak of, so that none is ever half used. A sender then still looks whether its window is open, and
 * still notes the length of each item; it never takes one off. Neither has a price that shows.
 * @param {string} title
 * @param {boolean} grantsCredit
 * @returns {import('./contender.mjs').Contender}
 */
export function creditContender(title, grantsCredit) {
  const credits = countCredits();
  const { serve, connect } = hawser(title, {}, credits.WebSocket);
  return {
    title,
    serve() {
      if (!grantsCredit) openAllWindows();
      return serve();
    },
    async connect(url) {
      if (!grantsCredit) openAllWindows();
      return { ...(await connect(url)), grantsCredit, credits: () => credits.count };
    },
  };
}

function openAllWindows() {
  Object.assign(limits.firstItems, { default: unbounded });
  Object.assign(limits.firstBytes, { default: unbounded });
  Object.assign(defaultLimits, { streamItems: unbounded, streamBytes: unbounded });
}

/** A WebSocket class that sees how many of a client's messages are credit. It looks at few frames, and small ones. */
function countCredits() {
  const seen = {
    count: 0,
    WebSocket: class extends WebSocket {
      /**
       * @override
       * @param {string} frame
       */
      send(frame) {
        if (/\[10,/.test(frame)) seen.count++;
        super.send(frame);
      }
    },
  };
  return seen;
}
