import type { Sample } from '../server/machine.js';
import type { ChartSpec } from './chart.js';
import type { NumberedSample } from './machine-feed.js';

const MEBIBYTE = 2 ** 20;
const GIBIBYTE = 2 ** 30;

export const machineCharts: readonly ChartSpec[] = [
  {
    title: 'Processor',
    lines: [{ label: 'all cores', colour: 'sea', value: ({ cores }) => average(cores) }],
    band: {
      label: 'least to busiest',
      low: ({ cores }) => Math.min(...cores),
      high: ({ cores }) => Math.max(...cores),
    },
    top: () => 1,
    format: (value) => `${Math.round(value * 100)} %`,
  },
  {
    title: 'Load average',
    lines: [
      { label: '1 min', colour: 'sea', value: ({ load }) => load[0] ?? 0 },
      { label: '5 min', colour: 'moss', value: ({ load }) => load[1] ?? 0 },
      { label: '15 min', colour: 'sand', value: ({ load }) => load[2] ?? 0 },
    ],
    top: (samples) =>
      roundTop(
        highest(samples, ({ load }) => Math.max(...load)),
        1,
      ),
    format: (value) => value.toFixed(2),
  },
  {
    title: 'Memory',
    lines: [{ label: 'used', colour: 'sea', value: ({ memory }) => memory.used, filled: true }],
    top: (samples) => samples.at(-1)?.value.memory.total ?? 1,
    format: (value) => `${(value / GIBIBYTE).toFixed(2)} GiB`,
  },
  {
    title: 'Server process',
    lines: [
      { label: 'resident', colour: 'sea', value: ({ process }) => process.resident },
      { label: 'heap', colour: 'moss', value: ({ process }) => process.heap },
    ],
    top: (samples) =>
      roundTop(
        highest(samples, ({ process }) => process.resident),
        32 * MEBIBYTE,
      ),
    format: (value) => `${(value / MEBIBYTE).toFixed(1)} MiB`,
  },
];

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function highest(samples: readonly NumberedSample[], value: (sample: Sample) => number): number {
  return samples.reduce((most, sample) => Math.max(most, value(sample.value)), 0);
}

/** Some air above the highest value, in whole steps, so that the scale stays put while the values move. */
function roundTop(value: number, step: number): number {
  return Math.ceil((value * 1.15) / step) * step || step;
}
