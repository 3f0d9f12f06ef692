import { cpus } from 'node:os';
import process from 'node:process';

/** Of all threads of this process, in ms. */
export function cpuTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Of everything that runs on this machine, and what it could be at most, in ms. */
export function machineTime() {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, { idle }) => sum + idle, 0);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: all - idle, all };
}
