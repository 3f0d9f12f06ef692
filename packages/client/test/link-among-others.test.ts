import { outcomeOf } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import type { TRPCLink } from '@trpc/client';
import { createTRPCClient, httpLink, retryLink, splitLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { eventually, openDock } from '../../../test/sockets/dock.ts';
import { Gate } from '../../../test/sockets/gate.ts';
import type { Router } from './linked-client.ts';
import { forgottenClient, linkedClient, rejected } from './linked-client.ts';

const dock = openDock();

describe('the link among others', () => {
  test('retryLink makes a lost mutation again, when its user says so, and no error of the server', async () => {
    const retry = retryLink<Router>({ retry: ({ error }) => outcomeOf(error) !== undefined });
    const { client, proxy, running } = await forgottenClient(dock, retry);
    expect((await rejected(client.refuse.mutate())).data).toMatchObject({ code: 'CONFLICT' });
    const answer = client.secondTime.mutate();
    await running;
    proxy.cut();
    expect(await answer).toBe(2);
  });

  test('retryLink restarts a subscription that failed, from its last tracked id', async () => {
    const retry = retryLink<Router>({ retry: ({ attempts }) => attempts < 2 });
    const { client, cursors } = await linkedClient(dock, retry);
    const told: unknown[] = [];
    client.watch.subscribe(undefined, {
      onData(item) {
        told.push(item);
        if (told.length === 2) throw new Error('Once');
      },
      onError: (error) => told.push(error),
    });
    await eventually(() => expect(told).toHaveLength(4));
    const [first, second] = [1, 2].map((id) => ({ id: String(id), data: { at: new Date(id) } }));
    expect(told).toEqual([first, 'untracked', second, 'untracked']);
    expect(cursors).toEqual([undefined, '1']);
  });

  test('a link that loses its patience cancels the call at the server', async () => {
    const patience = new Gate();
    const impatient: TRPCLink<Router> =
      () =>
      ({ op, next }) =>
        observable((observer) => {
          const call = next(op).subscribe(observer);
          void patience.passed.then(() => call.unsubscribe());
        });
    const { client, running, aborted } = await linkedClient(dock, impatient);
    void client.hold.query();
    await running;
    patience.open();
    await aborted;
  });

  test('splitLink sends what it should over this one, and the rest elsewhere', async () => {
    const elsewhere: string[] = [];
    const other: TRPCLink<Router> = () => (operation) =>
      observable((observer) => {
        elsewhere.push(operation.op.path);
        observer.next({ result: { type: 'data', data: undefined } });
        observer.complete();
      });
    const { link, connection } = await linkedClient(dock);
    const split = splitLink<Router>({ condition: (op) => op.type === 'mutation', true: other, false: link });
    const client = createTRPCClient<Router>({ links: [split] });
    await client.nothing.mutate();
    expect(await client.tomorrow.query(new Date(0))).toEqual(new Date(86_400_000));
    for await (const _ of client.days.subscribe(1));
    expect([elsewhere, connection.state]).toEqual([['nothing'], 'open']);
  });

  test('two links on one connection share its socket, also with httpLink beside them', async () => {
    const { connection, proxy, server, client } = await linkedClient(dock);
    const second = createTRPCClient<Router>({
      links: [
        splitLink({
          condition: (op) => op.context['http'] === true,
          true: httpLink({ url: 'http://127.0.0.1:1', transformer: superjson }),
          false: hawserLink({ connection, transformer: superjson }),
        }),
      ],
    });
    const answers = await Promise.all([
      client.tomorrow.query(new Date(0)),
      second.tomorrow.query(new Date(1)),
    ]);
    expect(answers).toEqual([new Date(86_400_000), new Date(86_400_001)]);
    expect([proxy.dials, server.sessions]).toEqual([1, 1]);
  });
});
