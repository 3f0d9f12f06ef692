import type { Caller, CallRequest, Payload, StreamEnd, StreamEntry } from '@hawser/core';
import { Subscription } from '@hawser/core';
import type { SubscribeOptions } from './client.js';
import type { ClientError } from './errors.js';
import { answered, faulted, unserialisable } from './errors.js';
import type { Translation } from './transformer.js';
import { payloadOf } from './unary.js';

export interface SubscriptionRequest {
  readonly caller: Caller;
  readonly path: string;
  readonly input: unknown;
  readonly translation: Translation;
}

/** A tracked event is given as tRPC gives it. */
export function itemOf(entry: StreamEntry & { kind: 'item' }, translation: Translation): unknown {
  const data = translation.decode(entry.data, entry.found);
  return entry.event === undefined ? data : { id: entry.event, data };
}

/** An abort is the caller's own doing: it is told nothing. */
export function isAbort(end: StreamEnd): boolean {
  return end.kind === 'fault' && end.fault.code === 'aborted';
}

/** The error that a subscription ended with; undefined if it ended by itself or by its caller's abort. */
export function errorOf(end: StreamEnd, translation: Translation): ClientError | undefined {
  switch (end.kind) {
    case 'ended':
      return undefined;
    case 'error':
      return answered(end.shape, translation);
    case 'fault':
      return isAbort(end) ? undefined : faulted(end.fault, end.shape, translation);
    default:
      return end satisfies never;
  }
}

/** Subscribes; `ready` is told, at the earliest during this call, that there is something to take. */
export function open(
  request: SubscriptionRequest,
  options: SubscribeOptions & { readonly survivesGaps: boolean },
  ready: () => void,
): Subscription {
  const { caller, path, input, translation } = request;
  const subscription = new Subscription({
    survivesGaps: options.survivesGaps,
    startsAtCursor: hasCursor(input),
    ready,
  });
  const { signal, timeoutMs, onProgress } = options;
  let payload: Payload & Pick<CallRequest, 'later'>;
  try {
    payload = payloadOf(translation.encode(input));
  } catch (cause) {
    subscription.fault(unserialisable(cause));
    return subscription;
  }
  const made = { type: 'subscription', path, signal, timeoutMs, progress: onProgress, ...payload } as const;
  subscription.bind(caller.call(made, subscription));
  return subscription;
}

function hasCursor(input: unknown): boolean {
  return typeof input === 'object' && input !== null && 'lastEventId' in input && input.lastEventId != null;
}
