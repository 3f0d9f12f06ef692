import type { Connection } from '@hawser/core';
import type { Operation, OperationResultEnvelope, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Observer, TeardownLogic } from '@trpc/server/observable';
import { observable } from '@trpc/server/observable';
import { clock } from './connect.js';
import type { ClientError } from './errors.js';
import { LinkState } from './link-state.js';
import { SubscriptionObserver } from './subscription-observer.js';
import type { TransformerOption, WithoutTransformer, WithTransformer } from './transformer.js';
import { Translation } from './transformer.js';
import { request, UnarySink } from './unary.js';

export type HawserLinkOptions<Router extends AnyTRPCRouter> = {
  /** What `connect` returned. It may serve other links and clients too; the link never closes it. */
  readonly connection: Connection;
} & TransformerOption<Router>;

type LinkEnvelope = OperationResultEnvelope<unknown, ClientError>;
type LinkObserver = Observer<LinkEnvelope, ClientError>;

/**
 * A terminating link for tRPC's own client, and whatever is built on it. A subscription goes on over a gap:
 * it is `connecting`, then `started` again.
 */
export function hawserLink<Router extends AnyTRPCRouter>(
  options: HawserLinkOptions<Router>,
): TRPCLink<Router> {
  const { connection } = options;
  const translation = new Translation(options as WithTransformer | WithoutTransformer);
  return () =>
    ({ op }) =>
      observable((observer) => {
        const told = observer as unknown as LinkObserver;
        return op.type === 'subscription'
          ? subscribe(connection, translation, op, told)
          : requestOnce(connection, translation, op, guarded(told, connection.report));
      });
}

/**
 * What stands above the link, other links and callbacks, may throw. That is told to the connection, and neither
 * its other calls nor the process suffer.
 */
function guarded(observer: LinkObserver, report: (error: unknown) => void): LinkObserver {
  const guard =
    <Value>(tell: (value: Value) => void) =>
    (value: Value): void => {
      try {
        tell(value);
      } catch (error) {
        report(error);
      }
    };
  return {
    next: guard((value: LinkEnvelope) => observer.next(value)),
    error: guard((error: ClientError) => observer.error(error)),
    complete: guard<void>(() => observer.complete()),
  };
}

function requestOnce(
  connection: Connection,
  translation: Translation,
  op: Operation,
  observer: LinkObserver,
): TeardownLogic {
  const { path, signal } = op;
  const type = op.type === 'mutation' ? 'mutation' : 'query';
  const procedure = { caller: connection, translation, type, path } as const;
  let answered = false;
  const resolve = (data: unknown): void => {
    answered = true;
    observer.next({ result: { type: 'data', data } });
    observer.complete();
  };
  const reject = (error: ClientError): void => {
    answered = true;
    observer.error(error);
  };
  const sink = new UnarySink(resolve, reject, translation);
  const options = { signal: signal ?? undefined, idempotent: op.context['idempotent'] === true };
  const call = request(procedure, op.input, options, sink);
  // Whoever has an answer unsubscribes, and may still want the streams in it.
  return () => {
    if (!answered) call.leave();
  };
}

function subscribe(
  connection: Connection,
  translation: Translation,
  op: Operation,
  observer: LinkObserver,
): TeardownLogic {
  const { path, input, context } = op;
  if (op.signal?.aborted) return observer.complete();
  let started = false;
  const subscription = new SubscriptionObserver(
    { caller: connection, path, input, translation },
    {
      signal: op.signal ?? undefined,
      survivesGaps: true,
      report: connection.report,
      onStarted() {
        started = true;
        observer.next({ result: { type: 'started' }, context });
      },
      onItem(data, id) {
        observer.next({
          result: id === undefined ? { type: 'data', data } : { type: 'data', id, data },
          context,
        });
      },
      onError: (error) => observer.error(error),
      onStopped: () => observer.next({ result: { type: 'stopped' }, context }),
      onComplete: () => observer.complete(),
    },
  );
  const safe = guarded(observer, connection.report);
  const state = new LinkState(connection, clock, {
    state: (result) => safe.next({ result, context }),
    // A session that was resumed does not start anything again, and tRPC's hooks wait for it.
    back() {
      if (started) safe.next({ result: { type: 'started' }, context });
    },
  });
  const complete = (): void => safe.complete();
  op.signal?.addEventListener('abort', complete, { once: true });
  if (op.signal?.aborted) complete();
  return () => {
    op.signal?.removeEventListener('abort', complete);
    state.stop();
    subscription.unsubscribe();
    // As tRPC's own link does: whoever unsubscribes is told `onComplete`.
    safe.complete();
  };
}
