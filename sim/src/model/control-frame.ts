import type { CloseName } from '@hawser/core';

/** The fields of `hello` that an onlooker cares about. */
export interface HelloFields {
  readonly mode: 'open' | 'resume';
  readonly secret: string;
  readonly dial: number;
  readonly sent: number;
  readonly received: number;
}

export interface WelcomeFields {
  readonly resumed: boolean;
  readonly sent: number;
  readonly received: number;
}

/** A control frame as it went over the wire. */
export type ControlFrame =
  | readonly ['hello', HelloFields]
  | readonly ['welcome', WelcomeFields]
  | readonly ['gone', string]
  | readonly ['ack' | 'ping' | 'pong', number, number]
  | readonly ['bye', CloseName];

const quote = 34;

export function isControl(text: string): boolean {
  return text.charCodeAt(1) === quote;
}

export function readControl(text: string): ControlFrame {
  return JSON.parse(text) as ControlFrame;
}
