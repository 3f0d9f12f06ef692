import type { ReactNode } from 'react';
import { Canvas } from '../../../shared/src/page/canvas.js';
import { onFrames } from './frames.js';
import type { LineRecord } from './line-record.js';
import type { RoundTrips } from './round-trips.js';
import { drawSparkline } from './sparkline.js';
import { usePulse } from './use-pulse.js';

interface FiguresProps {
  readonly record: LineRecord;
  readonly trips: RoundTrips;
}

export function LineFigures({ record, trips }: FiguresProps) {
  usePulse();
  const repeats = record.repeats + trips.repeats;
  return (
    <dl className="figures">
      <Figure name="Round trip" id="round-trip" value={milliseconds(trips.latest?.ms)}>
        <Canvas
          className="sparkline"
          testId="sparkline"
          label="Round trips, last minute"
          frames={onFrames}
          draw={(surface, now) => drawSparkline(surface, { trips: trips.all, now })}
        />
      </Figure>
      <Figure
        name="Calls answered"
        id="calls"
        value={`${trips.answered} of ${trips.made}`}
        bad={trips.failed > 0}
      />
      <Figure name="Items received" id="items" value={record.received} />
      <Figure name="Session age" id="session-age" value={since(record.session?.since)} />
      <Figure name="Resumes" id="resumes" value={record.resumes} />
      <Figure name="Gaps announced" id="gaps" value={record.gaps} bad={record.gaps > 0} />
      <Figure
        name="Samples missing"
        id="missing"
        value={record.samples.missing}
        bad={record.samples.missing > 0}
      />
      <Figure name="Repeats" id="repeats" value={repeats} bad={repeats > 0} />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly id: string;
  readonly value: string | number;
  readonly bad?: boolean;
  readonly children?: ReactNode;
}

function Figure({ name, id, value, bad = false, children }: FigureProps) {
  return (
    <div className="figure" data-bad={bad}>
      <dt>{name}</dt>
      <dd data-testid={id}>{value}</dd>
      {children && <dd className="figure-extra">{children}</dd>}
    </div>
  );
}

function milliseconds(ms: number | undefined): string {
  return ms === undefined ? '–' : `${ms.toFixed(1)} ms`;
}

function since(moment: number | undefined): string {
  if (moment === undefined) return '–';
  const seconds = Math.floor((performance.now() - moment) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
