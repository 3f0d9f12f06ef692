import type { Dial, DialEvents, SocketEvents } from '@hawser/core';
import type { EventLoop } from '../loop/event-loop.ts';
import type { Machine } from '../loop/machine.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { LinePorts, LineTraits, LineWatcher } from './line.ts';
import { Line } from './line.ts';
import type { LineEnd } from './line-end.ts';

/** A server as the network sees it. */
export interface Listener {
  readonly machine: Machine;
  accept(end: LineEnd): SocketEvents;
}

/**
 * What becomes of a dial: it `opens`, is `refused`, `never` answered, accepted `late`, perhaps after its successor,
 * or accepted while the client is never told (`deaf`).
 */
export type DialFate = 'opens' | 'refused' | 'never' | 'late' | 'deaf';

/** How late a late dial is accepted at most. */
const latestMs = 6000;

/** How long it takes a server to hear that a client left before it was accepted. */
const latestNewsMs = 100;

const abnormal = 1006;

/** Joins dials to the server that listens, and knows all lines. */
export class Network {
  readonly #ports: LinePorts;
  readonly #traits: LineTraits;
  readonly #lines = new Set<Line>();
  #dialled = 0;
  /** Nobody listens while this is undefined: dials are refused. */
  listener: Listener | undefined;
  /** Of the next dials, one each. */
  readonly fates: DialFate[] = [];

  constructor(loop: EventLoop, random: SeededRandom, traits: LineTraits, watcher: LineWatcher) {
    this.#ports = { loop, random, watcher };
    this.#traits = traits;
  }

  /** Lines of which an end is not told yet that they are over. */
  get lines(): readonly Line[] {
    for (const line of this.#lines) if (line.over) this.#lines.delete(line);
    return [...this.#lines];
  }

  /** Lines that carry in at least one direction. */
  get alive(): readonly Line[] {
    return this.lines.filter((line) => !(line.toServer.severed && line.toClient.severed));
  }

  /** The dial of a client's machine. */
  dialOf(owner: number, machine: Machine): Dial {
    return (events) => this.#dial(owner, machine, events);
  }

  #dial(owner: number, machine: Machine, events: DialEvents): LineEnd {
    const { loop, random } = this.#ports;
    const { listener } = this;
    const machines = { client: machine, server: listener?.machine ?? machine };
    const line = new Line({ number: ++this.#dialled, owner, traits: this.#traits }, machines, this.#ports);
    line.client.events = events;
    this.#lines.add(line);
    const [low, high] = this.#traits.latency;
    const fate = this.fates.shift() ?? 'opens';
    const way = random.between(low, high) * 2;
    if (listener === undefined || fate === 'refused') {
      machine.post(loop.now + way, () => line.client.tellGone(abnormal));
    } else if (fate !== 'never') {
      const late = fate === 'late' ? random.uniform() * latestMs : 0;
      loop.in(way + late, () => this.#upgrade(line, listener, events, fate === 'deaf'));
    }
    return line.client;
  }

  /** The upgrade reached the server. That the client has left meanwhile it learns later. */
  #upgrade(line: Line, listener: Listener, events: DialEvents, deaf: boolean): void {
    const { client, server } = line;
    const { loop, random } = this.#ports;
    if (!listener.machine.running) return client.tellGone(abnormal);
    listener.machine.post(loop.now, () => {
      const left = client.state !== 'unborn';
      server.state = 'open';
      server.events = listener.accept(server);
      if (left) line.toServer.sever(0, { code: abnormal, delay: random.uniform() * latestNewsMs });
      else if (deaf) {
        line.toServer.sever(0);
        line.toClient.sever(0);
      } else {
        const [low, high] = line.traits.latency;
        client.machine.post(loop.now + random.between(low, high), () => this.#open(line, events));
      }
    });
  }

  #open({ client, toServer }: Line, events: DialEvents): void {
    if (client.state !== 'unborn') return toServer.carry({ kind: 'gone', code: abnormal });
    client.state = 'open';
    events.opened();
  }
}
