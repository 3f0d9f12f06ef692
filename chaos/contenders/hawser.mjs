import { serve } from '@hawser/adapter-node';
import { connect, createClient, hawserErrorOf } from '@hawser/client';

/** @type {import('../contender.mjs').Contender} */
export const contender = {
  title: 'Hawser',
  set: 'As its README shows it, heartbeat 1 s. Calls have no timeout, so that one that is lost stays visible.',

  carriesValues: true,

  async serve(router, port) {
    return serve({
      router,
      port,
      host: '127.0.0.1',
      heartbeatMs: 1000,
      timeoutMs: Number.POSITIVE_INFINITY,
      createContext: ({ session }) => ({ session }),
    });
  },

  connect(url, { note, router }) {
    const connection = connect({ url, router, timeoutMs: Number.POSITIVE_INFINITY });
    connection.subscribe(({ state, reason = '', attempt, retryAt }) => {
      const wait = retryAt === undefined ? '' : `, redials in ${retryAt - Date.now()} ms`;
      note(`${state} ${reason} (attempt ${attempt}${wait})`);
    });
    /** @type {import('@hawser/client').Client<import('../contender.mjs').Router>} */
    const api = createClient(connection);
    return {
      echo: (input) => api.echo.query(input),
      bump: (input) => api.bump.mutate(input),
      stream(path, input, { item, gap, end, error }) {
        const told = {
          onGap: (/** @type {import('@hawser/client').Gap} */ { reason }) => gap(reason),
          onComplete: end,
          onError: error,
        };
        if (path === 'untracked') api.untracked.subscribe(input, { ...told, onData: item });
        else api.tracked.subscribe(input, { ...told, onData: ({ data }) => item(data) });
      },
      watch(told) {
        /** @type {string | undefined} */
        let lost;
        api.watch.subscribe(undefined, {
          onGap({ reason }) {
            lost = reason;
          },
          onData(run) {
            told(run, lost);
            lost = undefined;
          },
          // The close at the very end.
          onError() {},
        });
      },
      close: () => void connection.close(),
      values: {
        echoBytes: (input) => api.echoBytes.query(input),
        download: (input) => api.download.query(input),
        upload: (input) => api.upload.mutate(input),
        duplex: (input) => api.duplex.mutate(input),
        ask: (input) => api.ask.mutate(input),
      },
    };
  },

  failureOf(error) {
    const fault = hawserErrorOf(error);
    if (fault) return { outcome: fault.outcome, code: fault.code, reason: fault.reason ?? '' };
    return { outcome: 'answered', code: 'error', reason: String(error) };
  },
};
