import type { HawserError } from '@hawser/client';
import { hawserErrorOf } from '@hawser/client';
import { TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';

/** The error that a call rejected with. Fails if it did not, or not with tRPC's error class. */
export async function rejection(call: PromiseLike<unknown>): Promise<TRPCClientError<AnyTRPCRouter>> {
  let value: unknown;
  try {
    value = await call;
  } catch (error) {
    if (error instanceof TRPCClientError) return error;
    throw new Error('The call rejected with another class', { cause: error });
  }
  throw new Error(`The call did not reject but gave ${JSON.stringify(value)}`);
}

/** The line's fault that a call rejected with. Fails if it was the server's answer. */
export async function faultOf(call: PromiseLike<unknown>): Promise<HawserError> {
  const error = await rejection(call);
  const fault = hawserErrorOf(error);
  if (!fault) throw new Error('The call rejected with an answer of the server', { cause: error });
  return fault;
}
