import type { Limits } from '@hawser/core';
import { defaultLimits, limits } from '@hawser/core';
import type { AnyTRPCRouter } from '@trpc/server';
import type { ServeOptions } from './options.js';

/** The numbers among the options, filled in. */
export interface Settings {
  readonly limits: Limits;
  readonly handshakeMs: number;
  readonly path: string;
}

/** Room for any error of the server's own making. */
const leastMessageBytes = 16_384;

/** Throws a `RangeError` for a bound that bounds nothing, and for a path that no URL has. */
export function settingsOf(options: ServeOptions<AnyTRPCRouter>): Settings {
  const { limits: { calls, messageBytes } = {}, path = '/' } = options;
  if (!path.startsWith('/')) throw new RangeError(`path must start with a slash: ${path}`);
  const message = positive('limits.messageBytes', messageBytes, limits.messageBytes.default);
  if (message < leastMessageBytes)
    throw new RangeError(`limits.messageBytes must be at least ${leastMessageBytes}`);
  return {
    path,
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
