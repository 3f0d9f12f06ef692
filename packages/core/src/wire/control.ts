import type { CloseName, GoneReason } from './close-codes.js';
import { goneReasons, isCloseName } from './close-codes.js';
import type { Limits } from './limits.js';
import { announcedLimits, defaultLimits } from './limits.js';
import { isCount } from './message.js';

/** A JSON object, as `params` are. */
export type JsonObject = Readonly<Record<string, unknown>>;

export interface Hello {
  readonly mode: 'open' | 'resume';
  readonly secret: string;
  readonly dial: number;
  readonly sent: number;
  readonly received: number;
  readonly params?: JsonObject | undefined;
  readonly server?: string | undefined;
  readonly features?: readonly string[] | undefined;
}

export interface Welcome {
  readonly session: string;
  readonly server: string;
  readonly resumed: boolean;
  readonly sent: number;
  readonly received: number;
  readonly limits: Partial<Limits>;
  readonly features?: readonly string[] | undefined;
}

export type Control =
  | readonly ['hello', Hello]
  | readonly ['welcome', Welcome]
  | readonly ['gone', GoneReason]
  | readonly ['ack' | 'ping' | 'pong', number, number]
  | readonly ['bye', CloseName, unknown?];

export function encodeControl(control: Control): string {
  return JSON.stringify(control);
}

/** The text of a count-bearing control frame, without a detour over an array. */
export function encodeCounts(name: 'ack' | 'ping' | 'pong', sent: number, received: number): string {
  return `["${name}",${sent},${received}]`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFeatures(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((word) => typeof word === 'string'));
}

const secretShape = /^[A-Za-z0-9_-]{43}$/;

function isHello(value: unknown): value is Hello {
  if (!isObject(value)) return false;
  const hello = value as Partial<Record<keyof Hello, unknown>>;
  const { mode, secret, dial, sent, received, params, server, features } = hello;
  const open = mode === 'open' && sent === 0 && received === 0;
  const resume = mode === 'resume' && isCount(sent) && isCount(received);
  return (
    (open || resume) &&
    typeof secret === 'string' &&
    secretShape.test(secret) &&
    isCount(dial) &&
    dial > 0 &&
    (params === undefined || isObject(params)) &&
    (server === undefined || typeof server === 'string') &&
    isFeatures(features)
  );
}

function isWelcome(value: unknown): value is Welcome {
  if (!isObject(value)) return false;
  const welcome = value as Partial<Record<keyof Welcome, unknown>>;
  const { session, server, resumed, sent, received, limits, features } = welcome;
  return (
    typeof session === 'string' &&
    typeof server === 'string' &&
    typeof resumed === 'boolean' &&
    isCount(sent) &&
    isCount(received) &&
    isObject(limits) &&
    isFeatures(features) &&
    announcedLimits.every((name) => limits[name] === undefined || isCount(limits[name]))
  );
}

const isCounts = (frame: readonly unknown[]): boolean =>
  frame.length === 3 && isCount(frame[1]) && isCount(frame[2]);

const shapes: Readonly<Record<Control[0], (frame: readonly unknown[]) => boolean>> = {
  hello: (frame) => frame.length === 2 && isHello(frame[1]),
  welcome: (frame) => frame.length === 2 && isWelcome(frame[1]),
  gone: (frame) => frame.length === 2 && (goneReasons as readonly unknown[]).includes(frame[1]),
  ack: isCounts,
  ping: isCounts,
  pong: isCounts,
  bye: (frame) => (frame.length === 2 || frame.length === 3) && isCloseName(frame[1]),
};

/** Whether a frame that starts with a string is one of the control frames. */
export function isControl(frame: readonly unknown[]): frame is Control {
  const name = frame[0] as string;
  return Object.hasOwn(shapes, name) && shapes[name as Control[0]](frame);
}

/** The limits in force after a `welcome`: what it announced, the defaults for the rest. */
export function limitsOf(welcome: Welcome): Limits {
  const limits: Record<string, number> = { ...defaultLimits };
  for (const name of announcedLimits) limits[name] = welcome.limits[name] ?? defaultLimits[name];
  return limits as Limits;
}
