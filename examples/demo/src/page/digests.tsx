import type { Shipment } from './cargo.js';
import type { OwnDigest } from './own-digest.js';

/** The file's SHA-256 as each end has it. */
export function Digests({ shipment: { ownDigest, end } }: { readonly shipment: Shipment }) {
  const there = end?.kind === 'arrived' ? end.receipt.sha256 : undefined;
  const here = typeof ownDigest === 'object' ? ownDigest.sha256 : undefined;
  const isKnown = here !== undefined && there !== undefined;
  return (
    <>
      <dl className="digests">
        <dt>SHA-256 here</dt>
        <dd data-testid="cargo-digest-here">{here ?? absence(ownDigest)}</dd>
        <dt>at the server</dt>
        <dd data-testid="cargo-digest-there">{there ?? '–'}</dd>
      </dl>
      <p className="verdict" data-same={here === there} data-testid="cargo-verdict">
        {isKnown && (here === there ? 'The same, to the last bit' : 'They differ')}
      </p>
    </>
  );
}

function absence(digest: OwnDigest): string {
  if (digest === 'pending') return 'being computed';
  return typeof digest === 'object' ? '' : `not computed (${digest})`;
}
