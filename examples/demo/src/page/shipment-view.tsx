import type { ConnectionState, ConnectionStatus } from '@hawser/client';
import { type Store, useStore } from '../../../shared/src/page/store.js';
import type { LogEntry } from '../server/logbook.js';
import { byteSize } from './byte-size.js';
import type { Shipment, ShipmentEnd } from './cargo.js';
import { Digests } from './digests.js';
import type { Ends } from './logbook.js';

interface ShipmentProps {
  readonly shipment: Shipment;
  readonly status: Store<ConnectionStatus>;
  readonly ends: Store<Ends>;
}

export function ShipmentView({ shipment, status, ends }: ShipmentProps) {
  const { state } = useStore(status);
  const atServer = useStore(ends).get(shipment.task);
  return (
    <div className="shipment" data-stage={stageOf(shipment.end, state)}>
      <p className="file-name">{shipment.file.name}</p>
      <ProgressBar shipment={shipment} />
      <p role="status" data-testid="cargo-state">
        {shipment.end ? endText(shipment, shipment.end, atServer) : wayText(shipment, state)}
      </p>
      <Digests shipment={shipment} />
    </div>
  );
}

/** The marks are cuts: all that is left of one, the bytes know nothing of it. */
function ProgressBar({ shipment: { file, size, taken, cuts, task } }: { readonly shipment: Shipment }) {
  const share = (bytes: number): number => (size === 0 ? 1 : bytes / size);
  return (
    <div className="bar">
      {/* A bar of its own for each file, or the next one would run back from where the last one was. */}
      <progress key={task} data-testid="cargo-bar" aria-label={`${file.name}, sent`} value={share(taken)} />
      {cuts.map((cut, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two cuts may be at the same byte, and none is ever removed
        <i key={index} style={{ left: `${100 * share(cut)}%` }} />
      ))}
    </div>
  );
}

function stageOf(
  end: ShipmentEnd | undefined,
  state: ConnectionState,
): 'going' | 'waiting' | 'arrived' | 'given-up' {
  if (end) return end.kind === 'arrived' ? 'arrived' : 'given-up';
  return state === 'open' ? 'going' : 'waiting';
}

function wayText({ size, taken }: Shipment, state: ConnectionState): string {
  const part = `Taken: ${byteSize(taken)} of ${byteSize(size)}`;
  return state === 'open' ? part : `No line. ${part}`;
}

function endText({ cuts }: Shipment, end: ShipmentEnd, atServer: LogEntry | undefined): string {
  const letGo =
    atServer?.ended === 'early' ? ` The server let go of it after ${byteSize(atServer.amount)}.` : '';
  switch (end.kind) {
    case 'arrived': {
      const { bytes } = end.receipt;
      return `${byteSize(bytes)} in ${(end.afterMs / 1000).toFixed(1)} s, ${cutsText(cuts.length)} on the way`;
    }
    case 'cancelled':
      return `Cancelled.${letGo}`;
    case 'failed':
      return `Not sent: ${end.reason}.${letGo}`;
    default:
      return end satisfies never;
  }
}

function cutsText(count: number): string {
  if (count === 0) return 'no cut';
  return count === 1 ? '1 cut' : `${count} cuts`;
}
