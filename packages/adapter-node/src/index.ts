export type { JsonObject, ServerSession } from '@hawser/core';
export { position } from '@hawser/core';
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
