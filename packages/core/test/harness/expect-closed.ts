import { expect } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { closeCodes } from '../../src/wire/close-codes.ts';
import type { Json } from './frames.ts';
import type { ScriptedSocket } from './scripted-socket.ts';

/** A peer said `bye` with its reason and closed the socket, by the table. */
export function expectClosed(socket: ScriptedSocket, name: CloseName, error?: Json): void {
  expect(socket.frames.at(-1)).toEqual(error === undefined ? ['bye', name] : ['bye', name, error]);
  expect(socket.closed).toEqual({ code: closeCodes[name].code, reason: name });
}
