import { randomId } from './random-id.js';

/** This page load. It goes into the URL of the WebSocket, where the scissors find it: `rpc?tab=${tab}`. */
export const tab = randomId();
