import type { Gap } from '@hawser/client';

/**
 * - `idle`: there is `skipToken` in the place of the input.
 * - `connecting`: the server's handler has not begun, or the line has been away for more than a second.
 * - `live`: items come as there are some.
 * - `gap`: items are missing from `data`. See `reduceGap` for how that ends.
 * - `error`, `ended`: the stream is over, until `restart`.
 */
export type StreamStatus = 'idle' | 'connecting' | 'live' | 'gap' | 'error' | 'ended';

/** How a stream stands, apart from its data. */
export type StreamStanding<Failure> =
  | { readonly status: 'idle' | 'live'; readonly gap: undefined; readonly error: undefined }
  | { readonly status: 'connecting' | 'ended'; readonly gap: Gap | undefined; readonly error: undefined }
  | { readonly status: 'gap'; readonly gap: Gap; readonly error: undefined }
  | { readonly status: 'error'; readonly gap: Gap | undefined; readonly error: Failure };

export type StreamResult<Data, Failure> = StreamStanding<Failure> & {
  readonly data: Data;
  /** Subscribes anew, from the initial state; the same function while the input is the same. */
  readonly restart: () => void;
};
