import type { ReactNode } from 'react';

function Drawing({ children }: { readonly children: ReactNode }) {
  return (
    <svg className="drawing" viewBox="0 0 320 120" aria-hidden="true">
      {children}
    </svg>
  );
}

export function ChatDrawing() {
  return (
    <Drawing>
      <circle className="fill-sand" cx="32" cy="34" r="13" />
      <rect className="wash" x="58" y="20" width="142" height="28" rx="14" />
      <path className="soft" d="M74 34h104" />
      <circle className="fill-sea" cx="288" cy="62" r="13" />
      <rect className="fill-sea" x="164" y="48" width="98" height="28" rx="14" />
      <path className="on-sea" d="M180 62h66" />
      <rect className="waiting" x="118" y="84" width="144" height="28" rx="14" />
      <path className="soft" d="M134 98h86" />
    </Drawing>
  );
}

export function TickerDrawing() {
  return (
    <Drawing>
      <path className="wash-moss" d="M0 24h34v12h30v16h28v14h26v18h24v20h14v16H0z" />
      <path className="moss" d="M0 24h34v12h30v16h28v14h26v18h24v20h14v16" />
      <path className="wash-sand" d="M320 16h-30v16h-26v10h-30v20h-24v18h-26v22h-14v18h150z" />
      <path className="sand" d="M320 16h-30v16h-26v10h-30v20h-24v18h-26v22h-14v18" />
    </Drawing>
  );
}

export function ScoresDrawing() {
  return (
    <Drawing>
      <path className="rule" d="M20 38h280M20 88h280" />
      <path className="sea" d="M20 38h188M20 88h188" />
      <circle className="fill-sea" cx="62" cy="24" r="7" />
      <circle className="fill-sea" cx="164" cy="24" r="7" />
      <circle className="edge" cx="118" cy="52" r="6" />
      <rect className="fill-sand" x="186" y="45" width="10" height="14" rx="2" />
      <circle className="edge" cx="46" cy="74" r="6" />
      <circle className="fill-sea" cx="98" cy="102" r="7" />
      <rect className="fill-cut" x="146" y="67" width="10" height="14" rx="2" />
      <circle className="fill-sea" cx="198" cy="74" r="7" />
    </Drawing>
  );
}

export function GameDrawing() {
  return (
    <Drawing>
      <path className="wake" d="M18 92C60 104 92 88 122 62" />
      <path className="fill-sea" d="M142 44l-9 25-14-13z" />
      <path className="wake" d="M302 100C262 110 224 96 206 74" />
      <path className="fill-cut" d="M194 56l21 14-15 12z" />
      <path className="wake" d="M214 14C240 8 262 18 276 34" />
      <path className="fill-sand" d="M288 50l-20-11 12-14z" />
      <circle className="edge" cx="62" cy="36" r="7" />
      <circle className="edge" cx="168" cy="98" r="7" />
      <circle className="edge" cx="252" cy="66" r="5" />
    </Drawing>
  );
}

export function LineDrawing() {
  return (
    <Drawing>
      <path className="bollard" d="M30 30v52M290 30v52" />
      <path className="quay-edge" d="M12 86h36M272 86h36" />
      <path className="rope-line" d="M30 42Q86 66 118 92" />
      <path className="rope-line" d="M290 42Q234 66 202 92" />
      <path className="thrown" d="M30 42Q160 -26 290 42" />
    </Drawing>
  );
}
