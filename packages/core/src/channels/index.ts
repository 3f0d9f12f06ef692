import type { StandardSchema } from '../trpc/standard-schema.js';
import type { ChannelOptions } from './channel.js';
import { Channel } from './channel.js';
import type { ChannelsOptions } from './channels.js';
import { Channels } from './channels.js';

/**
 * Makes a channel: events for whoever subscribes, and for a while for whoever comes back.
 *
 * ```ts
 * const prices = channel({ event: z.object({ symbol: z.string(), price: z.number() }), key: (it) => it.symbol });
 * const appRouter = t.router({ prices: t.procedure.subscription(() => prices.subscribe({ overflow: 'latest' })) });
 * await prices.publish({ symbol: 'ACME', price: 12 });
 * ```
 *
 * A procedure returns what `subscribe` gives as it is: then there is no generator per subscriber, an event is
 * serialised once for all of them, and a subscriber holds nothing but its place. Throws a `RangeError` for bounds that
 * are none.
 */
export function channel<Schema extends StandardSchema>(options: ChannelOptions<Schema>): Channel<Schema> {
  return new Channel(options);
}

/** Makes channels by key, such as the rooms of a chat. Throws a `RangeError` for bounds that are none. */
export function channels<Schema extends StandardSchema, Meta extends StandardSchema | undefined = undefined>(
  options: ChannelsOptions<Schema, Meta>,
): Channels<Schema, Meta> {
  return new Channels(options);
}

export type { StandardSchema } from '../trpc/standard-schema.js';
export type { Channel, ChannelOptions, Keep, SubscribeToChannelOptions } from './channel.js';
export type { ChannelTransformer } from './channel-codec.js';
export type { ChannelLog, LoggedEvent } from './channel-log.js';
export type { ChannelOverflow } from './channel-reader.js';
export type { ChannelSubscription } from './channel-subscription.js';
export type { Channels, ChannelsOptions, KeyedChannel, SubscribeToRoomOptions } from './channels.js';
export type { MemoryLogBounds } from './memory-log.js';
export { MemoryLog } from './memory-log.js';
export type { Member, PresenceEvent, PresenceOptions } from './presence.js';
export { Presence } from './presence.js';
