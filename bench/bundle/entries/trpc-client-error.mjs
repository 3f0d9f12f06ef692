import { TRPCClientError } from '@trpc/client';

console.log(TRPCClientError);
