import type { Dispatch, IncomingCall, Reply } from '@hawser/core';
import type { AnyTRPCRouter } from '@trpc/server';
import { messageOf } from './message-of.js';

/** What the server is told of a failure that no router has seen. */
function shapeOf(failure: unknown): string {
  const message = messageOf(failure);
  return JSON.stringify({ message, code: -32603, data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 } });
}

/**
 * Serves a client's router with code that is loaded at the first call: most clients have no router, and need not
 * carry what serves one.
 */
export class LateDispatch implements Dispatch {
  readonly #router: AnyTRPCRouter;
  readonly #report: (error: unknown) => void;
  #loading: Promise<Dispatch> | undefined;
  #loaded: Dispatch | undefined;

  constructor(router: AnyTRPCRouter, report: (error: unknown) => void) {
    this.#router = router;
    this.#report = report;
  }

  async run(call: IncomingCall): Promise<Reply> {
    try {
      this.#loading ??= this.#load();
      return await (await this.#loading).run(call);
    } catch (error) {
      this.#loading = undefined;
      this.#report(error);
      return { kind: 'error', json: shapeOf(error) };
    }
  }

  fail(call: IncomingCall, failure: unknown): string {
    return this.#loaded?.fail(call, failure) ?? shapeOf(failure);
  }

  async #load(): Promise<Dispatch> {
    const { routerDispatch } = await import('./serve-router.js');
    const onError = ({ error }: { readonly error: unknown }): void => this.#report(error);
    this.#loaded = routerDispatch({ router: this.#router, onError });
    return this.#loaded;
  }
}
