import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import { ServingError } from '../rpc/dispatch.js';

/** Makes an error of whatever was thrown. Never throws itself: reading what was thrown may. */
export function trpcErrorOf(cause: unknown): TRPCError {
  try {
    return cause instanceof ServingError ? new TRPCError(cause) : getTRPCErrorFromUnknown(cause);
  } catch {
    return new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Something was thrown that cannot be read',
    });
  }
}
