import type { FrameData } from '@hawser/core';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Machine } from '../loop/machine.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import { Flow } from './flow.ts';
import { LineEnd } from './line-end.ts';

export type Side = 'client' | 'server';

/** Told of everything that happens on the lines of a network, in the moment it happens. */
export interface LineWatcher {
  /** An end sends a frame. */
  said(end: LineEnd, data: FrameData): void;
  /** A frame is about to be handed to an end that listens. */
  heard(end: LineEnd, data: FrameData): void;
  /** An end is about to be told that its socket takes more. */
  drained(end: LineEnd): void;
  /** An end starts a closing handshake. */
  closing(end: LineEnd, code: number): void;
  /** An end drops its socket. */
  dropped(end: LineEnd): void;
  /** An end is about to be told that its socket is gone. */
  gone(end: LineEnd, code: number): void;
}

/** What a line is like, apart from what happens to it. */
export interface LineTraits {
  /** Shortest and longest way of a frame, in ms. */
  readonly latency: readonly [number, number];
  /** What a byte in a socket's buffer counts. */
  readonly weight: number;
  /** Whether frames that are due together are handed on in one event, as when one read brings several. */
  readonly bursts: boolean;
  /** Whether a socket tells its close while it is being closed. */
  readonly tellsAtOnce: boolean;
  /** Whether what is sent into a dead line stays in the sender's buffer. */
  readonly keepsUnsent: boolean;
  /** Whether bare acks are lost on their way, by the side that they go to. */
  readonly losesAcks: { readonly [S in Side]: boolean };
}

export interface LinePorts {
  readonly loop: EventLoop;
  readonly random: SeededRandom;
  readonly watcher: LineWatcher;
}

/** One connection between a client and a server: a socket at each end, and a way for frames in each direction. */
export class Line {
  readonly number: number;
  /** The client that dialled. */
  readonly owner: number;
  readonly traits: LineTraits;
  readonly ports: LinePorts;
  readonly client: LineEnd;
  readonly server: LineEnd;
  readonly toServer: Flow;
  readonly toClient: Flow;

  constructor(
    { number, owner, traits }: { number: number; owner: number; traits: LineTraits },
    machines: { readonly [S in Side]: Machine },
    ports: LinePorts,
  ) {
    this.number = number;
    this.owner = owner;
    this.traits = traits;
    this.ports = ports;
    this.client = new LineEnd(this, 'client', machines.client);
    this.server = new LineEnd(this, 'server', machines.server);
    this.toServer = new Flow(this, this.client, this.server);
    this.toClient = new Flow(this, this.server, this.client);
  }

  /** The way that an end's frames take. */
  from(side: Side): Flow {
    return side === 'client' ? this.toServer : this.toClient;
  }

  /** The end at a side. */
  end(side: Side): LineEnd {
    return side === 'client' ? this.client : this.server;
  }

  get over(): boolean {
    return this.client.state === 'gone' && (this.server.state === 'gone' || this.server.state === 'unborn');
  }
}
