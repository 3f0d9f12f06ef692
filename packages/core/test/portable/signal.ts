// Compiled without DOM and without Node's types, as core is: there an undeclared AbortSignal would make tRPC's
// `opts.signal` silently `any`. A conditional type cannot show it (it resolves to the same silent error); a member
// that must not exist can.
import { initTRPC } from '@trpc/server';

const t = initTRPC.create();

export const procedure = t.procedure.query(({ signal }) => {
  // @ts-expect-error an AbortSignal has no such member
  signal?.noSuchMember;
  const aborted: boolean | undefined = signal?.aborted;
  return { aborted };
});
