import type { AnyTRPCRouter } from '@trpc/server';
import type { CloseName } from '../wire/close-codes.js';
import type { CallFailure } from './error-shape.js';
import { errorShapeJson } from './error-shape.js';
import { trpcErrorOf } from './trpc-error.js';

/** The errors that refuse a dial; any other is trouble, and the client tries again. */
const refusals: Readonly<Record<string, CloseName>> = {
  BAD_REQUEST: 'bad-request',
  UNAUTHORIZED: 'unauthorized',
  FORBIDDEN: 'forbidden',
};

/** What a client is told whose context could not be made. */
export function refusalOf(
  router: AnyTRPCRouter,
  cause: unknown,
): { readonly name: CloseName; readonly error: unknown; readonly failure: CallFailure } {
  const error = trpcErrorOf(cause);
  const failure: CallFailure = { error, type: 'unknown', path: undefined, input: undefined, ctx: undefined };
  const shape: unknown = JSON.parse(errorShapeJson(router, failure));
  return { name: refusals[error.code] ?? 'trouble', error: shape, failure };
}
