import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { subprotocol } from '@hawser/core';

type OriginFunction = (origin: string, req: IncomingMessage) => boolean;
export type OriginRule = readonly string[] | OriginFunction | undefined;

/** Why an upgrade is turned away before it becomes a socket. */
export type Refusal = { readonly status: 400 | 403; readonly text: string };

/** Checks an upgrade on our path. */
export function checkUpgrade(req: IncomingMessage, origins: OriginRule): Refusal | undefined {
  const offered = req.headers['sec-websocket-protocol']?.split(',') ?? [];
  if (!offered.some((name) => name.trim() === subprotocol)) {
    return { status: 400, text: `This path speaks the WebSocket subprotocol ${subprotocol}` };
  }
  const { origin } = req.headers;
  if (origin === undefined || originAllowed(origin, req, origins)) return undefined;
  return { status: 403, text: 'This origin may not connect' };
}

function originAllowed(origin: string, req: IncomingMessage, origins: OriginRule): boolean {
  if (typeof origins === 'function') return allowedBy(origins, origin, req);
  if (origins !== undefined) return origins.includes(origin);
  return URL.canParse(origin) && new URL(origin).host === req.headers.host;
}

/** A rule that throws has allowed nothing. */
function allowedBy(rule: OriginFunction, origin: string, req: IncomingMessage): boolean {
  try {
    return rule(origin, req) === true;
  } catch (error) {
    console.error(error);
    return false;
  }
}

export function pathOf(req: IncomingMessage): string {
  return (req.url ?? '/').split('?', 1)[0] ?? '/';
}

const statusTexts = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' };

/** Answers an upgrade with a plain HTTP response and closes the connection. */
export function turnAway(socket: Duplex, status: keyof typeof statusTexts, text: string): void {
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  const head = [
    `HTTP/1.1 ${status} ${statusTexts[status]}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}

/**
 * For an upgrade that something else on the same HTTP server may serve: if nobody has written an answer after
 * so many ms, nobody will, and the socket would stay open.
 */
export function turnAwayUnanswered(socket: Duplex, ms: number): void {
  const before = bytesWritten(socket);
  // Without a listener of whoever takes the socket, a reset would end the process.
  socket.on('error', () => socket.destroy());
  const patience = setTimeout(() => {
    if (bytesWritten(socket) === before && !socket.destroyed) turnAway(socket, 404, 'Nothing is served here');
  }, ms).unref();
  socket.once('close', () => clearTimeout(patience));
}

function bytesWritten(socket: Duplex): unknown {
  return 'bytesWritten' in socket ? socket.bytesWritten : undefined;
}
