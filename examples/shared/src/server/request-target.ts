import type { IncomingMessage } from 'node:http';

/** Not `new URL`: a request line may hold what that throws at, such as `//`. */
export function targetOf(request: IncomingMessage): { path: string; query: URLSearchParams } {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  return { path, query: new URLSearchParams(query) };
}
