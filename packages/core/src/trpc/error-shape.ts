import type { AnyTRPCRouter, TRPCError } from '@trpc/server';
import { getTRPCErrorShape } from '@trpc/server';
import type { CallType } from '../wire/message.js';

/** What an error belongs to; all but `error` are unknown for a dial that was refused. */
export interface CallFailure {
  readonly error: TRPCError;
  readonly type: CallType | 'unknown';
  readonly path: string | undefined;
  readonly input: unknown;
  readonly ctx: unknown;
}

/** What a client is told when even the error formatter, or the transformer, fails. */
const lastResort = JSON.stringify({
  message: 'Internal server error',
  code: -32603,
  data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 },
});

/** The JSON of the shape that the caller gets: formatted, transformed. Never throws. */
export function errorShapeJson(router: AnyTRPCRouter, failure: CallFailure): string {
  const config = router._def._config;
  try {
    const shape: unknown = getTRPCErrorShape({ config, ...failure });
    const told = isInternal(failure.error) && !config.isDev ? masked(shape, failure.error) : shape;
    return JSON.stringify(config.transformer.output.serialize(told)) ?? lastResort;
  } catch {
    return serialisedLastResort(router);
  }
}

function serialisedLastResort(router: AnyTRPCRouter): string {
  try {
    const shape: unknown = JSON.parse(lastResort);
    return JSON.stringify(router._def._config.transformer.output.serialize(shape)) ?? lastResort;
  } catch {
    return lastResort;
  }
}

/** Whether the error is what tRPC made of something else that was thrown, whose text is nobody's business. */
function isInternal(error: TRPCError): boolean {
  return error.code === 'INTERNAL_SERVER_ERROR' && error.cause?.message === error.message;
}

/** An error formatter that wrote a message of its own is left alone. */
function masked(shape: unknown, error: TRPCError): unknown {
  const told = shape as { readonly message?: unknown } | null;
  if (typeof told !== 'object' || told?.message !== error.message) return shape;
  return { ...told, message: 'Internal server error' };
}
