import type { FrameData } from '@hawser/core';
import type { Client } from '../ends/client.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import { isControl } from '../model/control-frame.ts';
import type { Line, LineWatcher } from '../network/line.ts';
import type { LineEnd } from '../network/line-end.ts';
import { count } from '../tally.ts';
import type { WorldParts } from '../world-parts.ts';
import { endFaults } from './end-faults.ts';
import type { Fault } from './fault.ts';
import type { Harbour } from './harbour.ts';
import { cut, lineFaults, outlive } from './line-faults.ts';

const faults: readonly Fault[] = [...lineFaults, ...endFaults];

/** Faults that come again and again in a world that has favourites. */
const favourites = 3;

/** Makes things go wrong, until it is over. */
export class Storm implements LineWatcher {
  readonly parts: WorldParts;
  readonly harbour: Harbour;
  readonly random: SeededRandom;
  /** Of the next welcomes so many get lost, right after they are said. */
  welcomesToLose = 0;
  /** So many of the next hellos outlive the sockets that they are said on. */
  hellosToHold = 0;
  /** A data frame that is longer kills the line that it is sent on. */
  poison = Number.POSITIVE_INFINITY;
  readonly #favourites: readonly Fault[];
  #over = false;

  constructor(parts: WorldParts, harbour: Harbour) {
    this.parts = parts;
    this.harbour = harbour;
    this.random = parts.random.fork();
    const { random } = this;
    const own = Array.from({ length: favourites }, () => weighed(faults, random));
    this.#favourites = random.chance(0.5) ? own : [];
    this.#plan();
  }

  /** Something more that goes wrong, unless the storm is over by then. */
  later(ms: number, callback: () => void): void {
    this.parts.loop.in(ms, () => {
      if (!this.#over) callback();
    });
  }

  get clients(): readonly Client[] {
    return this.harbour.clients;
  }

  end(): void {
    this.#over = true;
    this.welcomesToLose = this.hellosToHold = 0;
    this.poison = Number.POSITIVE_INFINITY;
    this.parts.moods.length = 0;
    this.parts.network.fates.length = 0;
    for (const client of this.clients) client.paramsFail = 0;
  }

  said(end: LineEnd, data: FrameData): void {
    const text = typeof data === 'string' ? data : '';
    if (this.welcomesToLose > 0 && text.startsWith('["welcome"')) {
      this.welcomesToLose--;
      this.#kill(end.line, 'welcome lost');
    } else if (this.hellosToHold > 0 && text.startsWith('["hello"')) {
      this.hellosToHold--;
      count(this.parts.tally.faults, 'hello late');
      this.later(0, () => outlive(end.line, this));
    } else if (data.length > this.poison && !isControl(text)) this.#kill(end.line, 'poisoned frame');
  }

  heard(): void {}
  drained(): void {}
  closing(): void {}
  dropped(): void {}
  gone(): void {}

  /** Before what is being said leaves. */
  #kill(line: Line, name: string): void {
    if (line.toClient.severed && line.toServer.severed) return;
    this.parts.trace.tell('storm', name, `line ${line.number}`);
    count(this.parts.tally.faults, name);
    cut(line, this.random);
  }

  #plan(): void {
    const ms = (-Math.log(1 - this.random.uniform()) * 1000) / this.parts.plan.weather;
    this.later(ms, () => {
      const favourite = this.random.chance(0.3) ? this.random.any(this.#favourites) : undefined;
      const fault = favourite ?? weighed(faults, this.random);
      this.parts.trace.tell('storm', fault.name);
      if (fault.strike(this)) count(this.parts.tally.faults, fault.name);
      this.#plan();
    });
  }
}

/** One of the faults, by their weights. */
function weighed(choices: readonly Fault[], random: SeededRandom): Fault {
  let left = random.uniform() * choices.reduce((sum, { weight }) => sum + weight, 0);
  for (const fault of choices) {
    left -= fault.weight;
    if (left < 0) return fault;
  }
  return choices[0] as Fault;
}
