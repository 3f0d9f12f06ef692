import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const USUAL_PORT = 4321;

/** Listens on `wanted`; without one on the usual port or, if that is taken, on a free one. */
export async function listen(server: Server, wanted: string | undefined): Promise<number> {
  try {
    return await listenOn(server, wanted === undefined ? USUAL_PORT : Number(wanted));
  } catch (error) {
    if (wanted !== undefined || !isAddressInUse(error)) throw error;
    return await listenOn(server, 0);
  }
}

async function listenOn(server: Server, port: number): Promise<number> {
  server.listen(port);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
