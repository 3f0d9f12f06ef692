import type { AnyTRPCRouter } from '@trpc/server';
import type { Dispatch, IncomingCall, ResultReply } from '../../src/rpc/dispatch.ts';
import type { CallFailure } from '../../src/trpc/error-shape.ts';
import { routerDispatch } from '../../src/trpc/router-dispatch.ts';
import type { Path } from '../../src/wire/attachment-rows.ts';
import type { CallType } from '../../src/wire/message.ts';

export interface CallFields {
  readonly input?: unknown;
  readonly after?: string;
  readonly context?: unknown;
  readonly signal?: AbortSignal;
}

/** What a caller would be told. */
export interface Answer {
  readonly data?: unknown;
  /** Where the data holds streams, of which none was begun. */
  readonly streams?: readonly Path[];
  /** The error's shape. */
  readonly error?: ErrorShape;
  readonly items?: readonly { readonly data: unknown; readonly event: string | undefined }[];
  /** Where a stream said that it continues. */
  readonly positions?: readonly string[];
  /** Why items may be missing before the first. */
  readonly gap?: string;
}

export interface ErrorShape {
  readonly message: string;
  readonly code: number;
  readonly data: { readonly code: string; readonly stack?: string; readonly path?: string };
}

/** Calls a router as a peer does, without one. */
export class RouterBench {
  readonly dispatch: Dispatch;
  /** What `onError` was told. */
  readonly failures: CallFailure[] = [];

  constructor(router: AnyTRPCRouter) {
    this.dispatch = routerDispatch({ router, onError: (failure) => void this.failures.push(failure) });
  }

  query(path: string, input?: unknown, fields: CallFields = {}): Promise<Answer> {
    return this.call('query', path, { ...fields, input });
  }

  mutation(path: string, input?: unknown): Promise<Answer> {
    return this.call('mutation', path, { input });
  }

  subscription(path: string, fields: CallFields = {}): Promise<Answer> {
    return this.call('subscription', path, fields);
  }

  async call(type: CallType, path: string, fields: CallFields): Promise<Answer> {
    const call = callOf(type, path, fields);
    const reply = await this.dispatch.run(call);
    if (reply.kind === 'result') return resultOf(reply);
    if (reply.kind === 'error') return { error: JSON.parse(reply.json) as ErrorShape };
    if (reply.kind === 'feed') throw new Error('Nothing here reads a feed');
    const items: { data: unknown; event: string | undefined }[] = [];
    const positions: string[] = [];
    const stream = { items, positions, ...(reply.gap === undefined ? {} : { gap: reply.gap }) };
    try {
      for (let it = await reply.iterator.next(); !it.done; it = await reply.iterator.next()) {
        const item = await reply.toItem(it.value);
        if ('position' in item) positions.push(item.position);
        else if ('data' in item) items.push({ data: item.data, event: item.event });
      }
    } catch (failure) {
      return { ...stream, error: JSON.parse(this.dispatch.fail(call, failure)) as ErrorShape };
    }
    return stream;
  }
}

function resultOf({ data, streams }: ResultReply): Answer {
  return streams ? { data, streams: streams.map(({ path }) => path) } : { data };
}

function callOf(type: CallType, path: string, fields: CallFields): IncomingCall {
  const { input, after, context, signal = new AbortController().signal } = fields;
  return { type, path, input, found: [], after, context, signal, cancelled: false };
}
