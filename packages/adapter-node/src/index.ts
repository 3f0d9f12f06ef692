export type { BufferOptions, JsonObject, ServerSession, StreamSchema, StreamSource } from '@hawser/core';
export { buffer, position, stream } from '@hawser/core';
export type {
  AttachOptions,
  ContextOptions,
  CreateContext,
  ErrorReport,
  LimitOptions,
  ListenOptions,
  ServeOptions,
} from './options.js';
export type { HawserServer } from './serve.js';
export { serve } from './serve.js';
