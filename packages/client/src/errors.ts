import { HawserError } from '@hawser/core';
import { TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Translation } from './transformer.js';

export type ClientError = TRPCClientError<AnyTRPCRouter>;

/** The server's answer, as the error that tRPC's own client would throw. */
export function answered(shape: unknown, translation: Translation): ClientError {
  let error: unknown;
  try {
    error = translation.decode(shape);
  } catch (cause) {
    return faulted(new HawserError('unreadable', 'unknown', undefined, cause));
  }
  const told = TRPCClientError.from<AnyTRPCRouter>({ error });
  return told.shape ? told : faulted(new HawserError('unreadable', 'unknown'));
}

/** No answer: the cause says why. The server's own word about it, where there is one, is the error's shape. */
export function faulted(fault: HawserError, shape?: unknown, translation?: Translation): ClientError {
  const told = shape === undefined || !translation ? undefined : answered(shape, translation);
  if (told?.shape) return new TRPCClientError(told.message, { result: { error: told.shape }, cause: fault });
  return TRPCClientError.from<AnyTRPCRouter>(fault);
}

/** What a transformer or `JSON.stringify` threw about an input. */
export function unserialisable(cause: unknown): HawserError {
  return new HawserError('unserialisable', 'not-run', undefined, cause);
}
