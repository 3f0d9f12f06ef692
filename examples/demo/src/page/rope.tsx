import type { ConnectionState } from '@hawser/client';

/** The hawser between this tab and the server: made fast, parted, or being thrown again. */
export function Rope({ state }: { readonly state: ConnectionState }) {
  return (
    <svg
      className="rope"
      viewBox="0 0 320 64"
      role="img"
      aria-label={`The line is ${state}`}
      data-state={state}
    >
      <g className="bollards">
        <path d="M14 26v22M306 26v22" />
        <path className="quay" d="M4 50h20M296 50h20" />
      </g>
      <g className="whole">
        <path className="core" d="M14 30Q160 48 306 30" />
        <path className="lay" d="M14 30Q160 48 306 30" />
      </g>
      <g className="parted">
        <path className="core" d="M14 30Q70 40 92 58" />
        <path className="core" d="M306 30Q250 40 228 58" />
      </g>
      <path className="thrown" d="M14 30Q160 -12 306 30" />
      <text x="4" y="16">
        this tab
      </text>
      <text x="316" y="16" textAnchor="end">
        server
      </text>
    </svg>
  );
}
