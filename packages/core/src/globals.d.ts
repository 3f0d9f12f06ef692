// The globals that every runtime has and that the language's own library does not declare.
// `core` compiles without DOM and without Node types; this is all it may use of either.

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
  throwIfAborted(): void;
}

interface AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

declare var AbortController: { new (): AbortController };

interface TextEncoder {
  encodeInto(text: string, target: Uint8Array): { readonly read: number; readonly written: number };
}

declare var TextEncoder: { new (): TextEncoder };

interface TextDecoder {
  decode(bytes: Uint8Array): string;
}

declare var TextDecoder: {
  new (label: 'utf-8', options: { readonly fatal: boolean; readonly ignoreBOM: boolean }): TextDecoder;
};

interface Blob {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

declare var Blob: { new (parts: readonly Uint8Array[], options?: { readonly type?: string }): Blob };

interface File extends Blob {
  readonly name: string;
  readonly lastModified: number;
}

declare var File: {
  new (
    parts: readonly Uint8Array[],
    name: string,
    options?: { readonly type?: string; readonly lastModified?: number },
  ): File;
};

declare var crypto: { getRandomValues<T extends Uint8Array>(array: T): T };
