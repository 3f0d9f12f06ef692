import { readdir, readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';

interface StaticFile {
  readonly body: Buffer;
  readonly type: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The built page, read once. What is not in the map does not exist, so no path can lead out of the folder. */
export class StaticFiles {
  readonly #files: ReadonlyMap<string, StaticFile>;

  private constructor(files: ReadonlyMap<string, StaticFile>) {
    this.#files = files;
  }

  static async load(folder: string): Promise<StaticFiles> {
    const files = new Map<string, StaticFile>();
    for (const name of await readdir(folder, { recursive: true })) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      files.set(`/${name.split(sep).join('/')}`, { body: await readFile(join(folder, name)), type });
    }
    return new StaticFiles(files);
  }

  answer(path: string, response: ServerResponse): void {
    const file = this.#files.get(path.endsWith('/') ? `${path}index.html` : path);
    if (file === undefined && this.#files.has(`${path}/index.html`)) {
      response.writeHead(308, { location: `${path}/` }).end();
      return;
    }
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-cache' }).end(file.body);
  }
}
