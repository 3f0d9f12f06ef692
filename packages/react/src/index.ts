'use client';

export type { ConnectionLike } from './connection-like.js';
export type { ConnectionProviderProps } from './connection-provider.js';
export { ConnectionProvider } from './connection-provider.js';
export type { ConnectionView } from './connection-store.js';
export type { SkipToken } from './skip-token.js';
export { skipToken } from './skip-token.js';
export type {
  HiddenMode,
  NewestOptions,
  ReduceAllOptions,
  ReduceOptions,
  StreamOptions,
} from './stream-options.js';
export type { StreamProcedure } from './stream-procedure.js';
export type { StreamResult, StreamStanding, StreamStatus } from './stream-result.js';
export { useConnection } from './use-connection.js';
export { useStream } from './use-stream.js';
