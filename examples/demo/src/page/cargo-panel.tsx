import { useCallback, useState } from 'react';
import { type Store, useStore } from '../../../shared/src/page/store.js';
import type { Cargo } from './cargo.js';
import { CutButton } from './cut-button.js';
import { DropZone } from './drop-zone.js';
import type { LineRecord } from './line-record.js';
import type { Ends } from './logbook.js';
import { noise } from './noise.js';
import { ShipmentView } from './shipment-view.js';

interface CargoProps {
  readonly cargo: Cargo;
  readonly record: LineRecord;
  readonly ends: Store<Ends>;
}

const MEBIBYTE = 2 ** 20;
const SLOW_MEBIBYTES = 2;
const NOISE_MEBIBYTES = 16;

export function CargoPanel({ cargo, record, ends }: CargoProps) {
  const [isSlow, setSlow] = useState(true);
  const send = useCallback(
    (file: File) => cargo.send(file, isSlow ? SLOW_MEBIBYTES * MEBIBYTE : undefined),
    [cargo, isSlow],
  );
  const shipment = useStore(cargo.shipment);
  const isUnderWay = shipment !== undefined && shipment.end === undefined;
  const canRepeat = shipment?.end !== undefined && shipment.end.kind !== 'arrived';
  return (
    <section className="panel cargo" aria-labelledby="cargo-title" data-testid="cargo">
      <header className="panel-head">
        <h2 id="cargo-title">Cargo</h2>
        <p className="aside">a stream to the server, which hashes it as it comes and keeps nothing</p>
      </header>
      <DropZone onFile={send} />
      <label className="slowly">
        <input
          type="checkbox"
          data-testid="cargo-slow"
          checked={isSlow}
          onChange={({ target }) => setSlow(target.checked)}
        />
        The server takes {SLOW_MEBIBYTES} MiB a second, which leaves time to cut the line
      </label>
      {shipment && <ShipmentView shipment={shipment} status={record.status} ends={ends} />}
      <div className="task-actions">
        {isUnderWay ? (
          <button type="button" className="first" data-testid="cargo-cancel" onClick={() => cargo.cancel()}>
            Cancel
          </button>
        ) : (
          <button
            type="button"
            className="first"
            data-testid="cargo-send"
            onClick={() => send(canRepeat ? shipment.file : noise(NOISE_MEBIBYTES * MEBIBYTE))}
          >
            {canRepeat ? 'Send it again' : 'Send some noise'}
          </button>
        )}
        <CutButton record={record} testId="cargo-cut" />
      </div>
    </section>
  );
}
