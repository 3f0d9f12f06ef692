import { Canvas } from '../../../shared/src/page/canvas.js';
import { type ChartSpec, drawChart } from './chart.js';
import { drawCores } from './cores.js';
import { onFrames } from './frames.js';
import type { LineRecord } from './line-record.js';
import { machineCharts } from './machine-charts.js';
import type { MachineFeed } from './machine-feed.js';
import { usePulse } from './use-pulse.js';

interface MachineProps {
  readonly feed: MachineFeed;
  readonly record: LineRecord;
}

export function MachinePanel({ feed, record }: MachineProps) {
  usePulse();
  const cores = feed.newest?.cores.length ?? 0;
  return (
    <section className="panel machine" aria-labelledby="machine-title" data-testid="machine">
      <header className="panel-head">
        <h2 id="machine-title">The machine</h2>
        <p className="aside">the server’s own, ten samples a second, last 60 s</p>
      </header>
      <div className="charts">
        {machineCharts.map((spec) => (
          <MachineChart key={spec.title} spec={spec} feed={feed} record={record} />
        ))}
      </div>
      <Cores feed={feed} count={cores} />
    </section>
  );
}

function MachineChart({ spec, feed, record }: MachineProps & { readonly spec: ChartSpec }) {
  return (
    <figure className="chart">
      <figcaption>
        <span className="chart-title">{spec.title}</span>
        <span className="readings">
          {spec.band && (
            <span>
              <i className="key key-band" />
              {spec.band.label}
            </span>
          )}
          {spec.lines.map((line) => (
            <span key={line.label}>
              <i className="key" style={{ background: `var(--${line.colour})` }} />
              {line.label} <b>{feed.newest ? spec.format(line.value(feed.newest)) : '–'}</b>
            </span>
          ))}
        </span>
      </figcaption>
      <Canvas
        className="chart-canvas"
        testId={`chart-${spec.title.toLowerCase().replace(' ', '-')}`}
        label={`${spec.title}, last minute`}
        frames={onFrames}
        draw={(surface, now) => drawChart(surface, { feed, spec, cuts: record.cuts, now })}
      />
    </figure>
  );
}

function Cores({ feed, count }: { readonly feed: MachineFeed; readonly count: number }) {
  return (
    <figure className="cores">
      <figcaption className="chart-title">{count === 1 ? '1 core' : `${count} cores`}, now</figcaption>
      <Canvas
        className="cores-canvas"
        testId="cores"
        label="Utilisation of each core, now"
        frames={onFrames}
        draw={(surface) => drawCores(surface, feed.newest?.cores ?? [])}
      />
    </figure>
  );
}
