import type { Limits } from '@hawser/core';
import { defaultLimits, limits } from '@hawser/core';
import type { AnyTRPCRouter } from '@trpc/server';
import type { ServeOptions } from './options.js';

/** The numbers among the options, filled in. */
export interface Settings {
  readonly limits: Limits;
  readonly handshakeMs: number;
  readonly path: string;
  readonly keptBytes: number;
  readonly absentSessions: number;
}

/** How long a session lives without a socket, unless an option says otherwise. */
const windowMs = 120_000;

/** What sessions hold for their clients, all together, and how many are kept without a socket. */
const keptBytes = 256 * 1024 * 1024;
const absentSessions = 20_000;

/** Room for any error of the server's own making. */
const leastMessageBytes = 16_384;

/** Less would have a session wait for an acknowledgement after each message. */
const leastWindowBytes = 16_384;

/** Throws a `RangeError` for a bound that bounds nothing, and for a path that no URL has. */
export function settingsOf(options: ServeOptions<AnyTRPCRouter>): Settings {
  const { limits: bounds = {}, path = '/' } = options;
  if (!path.startsWith('/')) throw new RangeError(`path must start with a slash: ${path}`);
  const message = atLeast(
    leastMessageBytes,
    'limits.messageBytes',
    bounds.messageBytes,
    limits.messageBytes.default,
  );
  return {
    path,
    limits: {
      ...defaultLimits,
      calls: atLeast(1, 'limits.calls', bounds.calls, limits.calls.default),
      messageBytes: message,
      valueBytes: atLeast(1, 'limits.valueBytes', bounds.valueBytes, limits.valueBytes.default),
      frameBytes: message + limits.frameBytes.default - limits.messageBytes.default,
      heartbeat: atLeast(1, 'heartbeatMs', options.heartbeatMs, limits.heartbeat.default),
      window: atLeast(0, 'windowMs', options.windowMs, windowMs),
      windowBytes: atLeast(
        leastWindowBytes,
        'limits.windowBytes',
        bounds.windowBytes,
        limits.windowBytes.default,
      ),
    },
    handshakeMs: atLeast(1, 'handshakeMs', options.handshakeMs, limits.handshake.default),
    keptBytes: atLeast(1, 'limits.keptBytes', bounds.keptBytes, keptBytes),
    absentSessions: atLeast(0, 'limits.absentSessions', bounds.absentSessions, absentSessions),
  };
}

function atLeast(least: number, name: string, value: number | undefined, byDefault: number): number {
  if (value === undefined) return byDefault;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`${name} must be a whole number of at least ${least}, not ${value}`);
}
