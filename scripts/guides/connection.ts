// What docs/guide/connection.md takes for granted.
declare global {
  function getToken(): Promise<string>;
  function show(state: string, reason: string | undefined, retryAt: number | undefined): void;
}

export {};
