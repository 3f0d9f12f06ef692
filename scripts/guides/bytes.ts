// What docs/guide/bytes.md takes for granted.
import type { Buffer } from 'node:buffer';
import type { Client } from '@hawser/client';
import type { AppRouter } from './server.js';

interface Scan {
  readonly title: string;
  readonly page: Buffer;
}

declare global {
  const archive: {
    add(title: string, bytes: Uint8Array): Promise<string>;
    get(id: string): Promise<Scan>;
  };
  const api: Client<AppRouter>;
  const file: File;
  const samples: Float32Array;
  function show(title: string, url: string): void;
}
