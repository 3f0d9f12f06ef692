import type { Limits } from '@hawser/core';
import { defaultLimits, limits } from '@hawser/core';
import type { AnyTRPCRouter } from '@trpc/server';
import type { ServeOptions } from './options.js';

/** The numbers among the options, filled in. */
export interface Settings {
  readonly limits: Limits;
  readonly handshakeMs: number;
}

/** Throws a `RangeError` for a bound that bounds nothing. */
export function settingsOf(options: ServeOptions<AnyTRPCRouter>): Settings {
  const { calls, messageBytes } = options.limits ?? {};
  const message = positive('limits.messageBytes', messageBytes, limits.messageBytes.default);
  return {
    limits: {
      ...defaultLimits,
      calls: positive('limits.calls', calls, limits.calls.default),
      messageBytes: message,
      frameBytes: message + limits.frameBytes.default - limits.messageBytes.default,
      heartbeat: positive('heartbeatMs', options.heartbeatMs, limits.heartbeat.default),
    },
    handshakeMs: positive('handshakeMs', options.handshakeMs, limits.handshake.default),
  };
}

function positive(name: string, value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`${name} must be a positive whole number, not ${value}`);
}
