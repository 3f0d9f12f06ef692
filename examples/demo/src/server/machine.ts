import os from 'node:os';
import { type Entry, Journal } from './journal.js';

/** Ten a second. `at` is in milliseconds since 1970, memory in bytes, `cores` from 0 (idle) to 1 (busy). */
export interface Sample {
  readonly at: number;
  readonly cores: readonly number[];
  readonly load: readonly number[];
  readonly memory: { readonly used: number; readonly total: number };
  readonly process: { readonly resident: number; readonly heap: number };
}

const SAMPLE_EVERY_MS = 100;

/** More than two minutes: a reader that is away for as long as its session is kept still finds its place. */
const KEEP_SAMPLES = 1_500;

/** Kernels count CPU time in steps of 10 ms, so one step of 100 ms would be too coarse to draw. */
const CPU_STEPS = 5;

interface CoreTimes {
  readonly busy: number;
  readonly all: number;
}

/** One sampler, however many watch it. */
export class Machine {
  /** Numbered by tenths of a second since 1970, so that the numbers go on rising when the server restarts. */
  readonly samples = new Journal<Sample>(KEEP_SAMPLES, Math.floor(Date.now() / SAMPLE_EVERY_MS));
  #readings: CoreTimes[][] = [readCores()];
  #timer: NodeJS.Timeout | undefined;

  get lastMinute(): readonly Entry<Sample>[] {
    return this.samples.entries.slice(-60_000 / SAMPLE_EVERY_MS);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.samples.append(this.#sample()), SAMPLE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sample(): Sample {
    const { rss, heapUsed } = process.memoryUsage();
    const total = os.totalmem();
    return {
      at: Date.now(),
      cores: this.#utilisation(),
      load: os.loadavg().map((load) => rounded(load)),
      memory: { used: total - os.freemem(), total },
      process: { resident: rss, heap: heapUsed },
    };
  }

  #utilisation(): number[] {
    const now = readCores();
    const before = this.#readings[0] ?? now;
    this.#readings = [...this.#readings.slice(1 - CPU_STEPS), now];
    return now.map(({ busy, all }, core) => {
      const then = before[core] ?? { busy: 0, all: 0 };
      return all > then.all ? rounded((busy - then.busy) / (all - then.all)) : 0;
    });
  }
}

function readCores(): CoreTimes[] {
  return os.cpus().map(({ times }) => {
    const busy = times.user + times.nice + times.sys + times.irq;
    return { busy, all: busy + times.idle };
  });
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
