import { connect } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import {
  QueryClient,
  QueryClientProvider,
  skipToken,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { createTRPCClient } from '@trpc/client';
import { createTRPCContext, useSubscription } from '@trpc/tanstack-react-query';
import type { ReactNode } from 'react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import superjson from 'superjson';
import type { TanstackRouter } from './router.ts';

const { TRPCProvider, useTRPC } = createTRPCContext<TanstackRouter>();

const connection = connect({ url: '/rpc' });
const trpcClient = createTRPCClient<TanstackRouter>({
  links: [hawserLink({ connection, transformer: superjson })],
});
const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });

/** Each status that was rendered, without repetitions, for the test to read. */
function useStatusTrail(status: string): string {
  const [trail, setTrail] = useState(status);
  if (!trail.endsWith(status)) setTrail(`${trail} ${status}`);
  return trail;
}

function Watch({ how }: { readonly how: 'on' | 'skipped' | 'disabled' }): ReactNode {
  const trpc = useTRPC();
  const input = how === 'skipped' ? skipToken : {};
  const options = how === 'disabled' ? { enabled: false } : undefined;
  const { status, data, error } = useSubscription(trpc.watch.subscriptionOptions(input, options));
  return (
    <section>
      <output data-testid="watch-trail">{useStatusTrail(status)}</output>
      <output data-testid="watch-status">{status}</output>
      <output data-testid="watch-data">{data ? `${data.id} ${data.data.at.getTime()}` : 'none'}</output>
      <output data-testid="watch-error">{error ? error.message : 'none'}</output>
    </section>
  );
}

function Fail(): ReactNode {
  const { status, data, error, reset } = useSubscription(useTRPC().fail.subscriptionOptions());
  return (
    <section>
      <output data-testid="fail-status">{status}</output>
      <output data-testid="fail-data">{data ?? 'none'}</output>
      <output data-testid="fail-error">{error ? `${error.data?.code}: ${error.message}` : 'none'}</output>
      <button type="button" data-testid="fail-reset" onClick={reset}>
        Reset
      </button>
    </section>
  );
}

function Name(): ReactNode {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { data } = useQuery(trpc.name.queryOptions());
  const rename = useMutation(
    trpc.rename.mutationOptions({ onSuccess: () => queries.invalidateQueries(trpc.name.queryFilter()) }),
  );
  return (
    <section>
      <output data-testid="name">{data ? `${data.name} ${data.at.getTime()}` : 'none'}</output>
      <output data-testid="rename-error">{rename.error?.data?.code ?? 'none'}</output>
      <button type="button" data-testid="rename" onClick={() => rename.mutate('Grace')}>
        Rename
      </button>
      <button type="button" data-testid="rename-badly" onClick={() => rename.mutate('')}>
        Rename badly
      </button>
    </section>
  );
}

const shown = ['nothing', 'on', 'skipped', 'disabled', 'fail', 'name'] as const;

function Page(): ReactNode {
  const [choice, setChoice] = useState<(typeof shown)[number]>('nothing');
  const watches = choice === 'on' || choice === 'skipped' || choice === 'disabled';
  return (
    <main>
      {shown.map((it) => (
        <button key={it} type="button" data-testid={`show-${it}`} onClick={() => setChoice(it)}>
          {it}
        </button>
      ))}
      {watches && <Watch how={choice} />}
      {choice === 'fail' && <Fail />}
      {choice === 'name' && <Name />}
    </main>
  );
}

const root = document.createElement('div');
document.body.append(root);
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        <Page />
      </TRPCProvider>
    </QueryClientProvider>
  </StrictMode>,
);
