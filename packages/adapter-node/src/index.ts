export type { JsonObject, Progress, ServerSession, StreamSource } from '@hawser/core';
export type {
  Channel,
  ChannelLog,
  ChannelOptions,
  ChannelOverflow,
  ChannelSubscription,
  Channels,
  ChannelsOptions,
  KeyedChannel,
  LoggedEvent,
  Member,
  PresenceEvent,
} from '@hawser/core/channels';
export { channel, channels, MemoryLog, Presence } from '@hawser/core/channels';
export type { BufferOptions, StreamSchema } from '@hawser/core/trpc';
export { buffer, dropped, droppedOf, position, stream } from '@hawser/core/trpc';
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
