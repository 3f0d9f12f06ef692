import { connect } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import { createTRPCClient } from '@trpc/client';
import { startSubscribing } from './use-subscription.mjs';

const connection = connect({ url: '/rpc' });
startSubscribing(createTRPCClient({ links: [hawserLink({ connection })] }));
