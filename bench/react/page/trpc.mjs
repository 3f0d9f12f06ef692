import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { startSubscribing } from './use-subscription.mjs';

const client = createWSClient({ url: '/rpc' });
startSubscribing(createTRPCClient({ links: [wsLink({ client })] }));
