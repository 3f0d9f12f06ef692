import type { Dispatch } from './dispatch.js';

const json = JSON.stringify({
  message: 'This end serves no procedures',
  code: -32004,
  data: { code: 'NOT_FOUND', httpStatus: 404 },
});

/** For an end without a router: whatever is called on it does not exist. */
export const noDispatch: Dispatch = {
  run: () => Promise.resolve({ kind: 'error', json }),
  fail: () => json,
};
