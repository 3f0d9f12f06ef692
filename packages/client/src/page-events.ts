import type { Connection } from '@hawser/core';

/** Lets a connection hear of the page it lives in, until it is closed. */
export function followPage(connection: Connection): void {
  if (typeof document === 'undefined') return;
  const wake = (): void => connection.wake();
  const seen = (): void => {
    if (document.visibilityState === 'visible') connection.wake();
  };
  // A page that may come back from the back-forward cache keeps its session; one that is left for good says so.
  const hide = (event: PageTransitionEvent): void => {
    if (!event.persisted) void connection.close();
  };
  addEventListener('online', wake);
  addEventListener('pageshow', wake);
  addEventListener('pagehide', hide);
  document.addEventListener('visibilitychange', seen);
  connection.subscribe(({ state }) => {
    if (state !== 'closed') return;
    removeEventListener('online', wake);
    removeEventListener('pageshow', wake);
    removeEventListener('pagehide', hide);
    document.removeEventListener('visibilitychange', seen);
  });
}
