import type { Caller } from '@hawser/core';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Client, MutateOptions, ObserveOptions } from './client.js';
import type { ClientError } from './errors.js';
import { SubscriptionIterator } from './subscription-iterator.js';
import { SubscriptionObserver } from './subscription-observer.js';
import type { TransformerOption, WithoutTransformer, WithTransformer } from './transformer.js';
import { Translation } from './transformer.js';
import { callOnce } from './unary.js';

/** Options are required exactly when the router has a transformer. */
type ClientArguments<Router extends AnyTRPCRouter> =
  TransformerOption<Router> extends WithTransformer
    ? [options: TransformerOption<Router>]
    : [options?: TransformerOption<Router>];

/** Whatever makes calls for a client, and hears of what nobody else is told. */
export interface ClientLine extends Caller {
  /** Told of errors that have no other way to their user. */
  readonly report: (error: unknown) => void;
}

/** Calls for every procedure of a router, over a connection. Their names are looked up when they are used. */
export function createClient<Router extends AnyTRPCRouter>(
  line: ClientLine,
  ...[options]: ClientArguments<Router>
): Client<Router> {
  const translation = new Translation(options as WithTransformer | WithoutTransformer | undefined);
  return branch(line, translation, '') as Client<Router>;
}

/** What can be read from one place in the router: the calls of a procedure, or what is nested there. */
function members(
  line: ClientLine,
  translation: Translation,
  path: string,
): (name: string | symbol) => unknown {
  const known = new Map<string, unknown>();
  return (name) => {
    // A branch is awaited by accident, never on purpose: it must not look like a promise.
    if (typeof name === 'symbol' || name === 'then') return undefined;
    if (!known.has(name)) known.set(name, member(line, translation, path, name));
    return known.get(name);
  };
}

/** One level of the router. Its names become properties when they are first used: only that pays for a proxy. */
function branch(line: ClientLine, translation: Translation, path: string): object {
  const read = members(line, translation, path);
  const lookup = new Proxy(Object.create(null) as object, {
    get(_, name) {
      const value = read(name);
      if (value !== undefined) Object.defineProperty(target, name, { value, enumerable: true });
      return value;
    },
  });
  const target = Object.create(lookup) as object;
  return target;
}

/** A call; a router of that name may be nested in its place as well. */
function member(line: ClientLine, translation: Translation, path: string, name: string): unknown {
  const nested = path === '' ? name : `${path}.${name}`;
  const call = path === '' ? undefined : callable(line, translation, path, name);
  if (call === undefined) return branch(line, translation, nested);
  const read = members(line, translation, nested);
  return new Proxy(call, { get: (_, inner) => read(inner) });
}

function callable(
  line: ClientLine,
  translation: Translation,
  path: string,
  name: string,
): ((...args: never[]) => unknown) | undefined {
  switch (name) {
    case 'query':
    case 'mutate': {
      const procedure = {
        caller: line,
        translation,
        type: name === 'query' ? 'query' : 'mutation',
        path,
      } as const;
      return (input: unknown, options?: MutateOptions) => callOnce(procedure, input, options);
    }
    case 'subscribe':
      return (input: unknown, options: ObserveOptions<unknown, ClientError> = {}) =>
        subscribe(line, translation, { path, input }, options);
    default:
      return undefined;
  }
}

const callbackNames = ['onStarted', 'onData', 'onError', 'onStopped', 'onComplete'] as const;

function subscribe(
  line: ClientLine,
  translation: Translation,
  call: { readonly path: string; readonly input: unknown },
  options: ObserveOptions<unknown, ClientError>,
): unknown {
  const request = { caller: line, translation, ...call };
  if (!callbackNames.some((name) => options[name] !== undefined)) {
    return new SubscriptionIterator(request, options);
  }
  const { onData, ...rest } = options;
  return new SubscriptionObserver(request, {
    ...rest,
    onItem: (item) => onData?.(item),
    survivesGaps: options.onGap !== undefined,
    report: line.report,
  });
}
