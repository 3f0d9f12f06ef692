import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Where an example is to be served: `serve({ ...mount, router })`. */
export interface Mount {
  /** Never listens: it is given the upgrades of this example alone. */
  readonly server: Server;
  readonly path: string;
}

/** An example that runs, such as what `serve` gives. */
export interface Running {
  /** Ends every session, and whatever else the example has going. */
  close(): Promise<void>;
  /** Requests below the example's path that are neither files nor `cut`, `mend` or `restart`. Says whether it was one. */
  answer?(request: IncomingMessage, response: ServerResponse): boolean;
}

/** Called when the server starts, and again at each restart: what is to survive one is kept outside of it. */
export type Start = (mount: Mount) => Promise<Running>;
