/** @typedef {import('../judge/verdict.mjs').Judgement} Judgement */

/** @typedef {{ readonly title: string, readonly carriesValues: boolean, readonly judgement: Judgement }} Run */

/** @type {readonly (readonly [name: string, value: (judgement: Judgement) => string, ofValues?: boolean])[]} */
const rows = [
  ['minutes', ({ report }) => String(report.plan.minutes)],
  ['seed', ({ report }) => `${report.plan.seed} (schedule ${report.schedule})`],
  ['clients', ({ report }) => String(report.plan.clients)],
  ['calls', ({ report }) => number(report.queries + report.mutations)],
  ['of them mutations', ({ report }) => number(report.mutations)],
  ['streams', ({ report }) => number(report.streams)],
  ['items', ({ report }) => number(report.items)],
  [
    'streams up: their chunks, with those of duplex',
    ({ report }) => `${number(report.streamsUp)}: ${number(report.itemsUp)}, ${mebibytes(report.bytesUp)}`,
    true,
  ],
  [
    'streams down: their items, with those of duplex',
    ({ report }) => `${number(report.streamsDown)}: ${number(report.itemsDown)}`,
    true,
  ],
  ['duplex', ({ report }) => number(report.duplexes), true],
  [
    'bytes: queries, both ways',
    ({ report }) => `${number(report.byteCalls)}: ${mebibytes(2 * report.bytesEchoed)}`,
    true,
  ],
  ['calls to the client', ({ report }) => number(report.asks), true],
  ['**faults**', ({ report }) => number(Object.values(report.faults).reduce((sum, count) => sum + count, 0))],
  ['by kind', ({ report }) => list(report.faults)],
  ['sessions lost', ({ report }) => list(report.sessionsLost)],
  ['**lost**: rejected or ended early, no session lost', ({ report }) => number(report.lost)],
  ['**unsettled**: calls', ({ report }) => number(report.unsettledCalls)],
  ['**unsettled**: streams', ({ report }) => number(report.unsettledStreams)],
  ['**unsettled**: sources of streams', ({ report }) => number(report.unsettledSources), true],
  ['timed out', ({ report }) => number(report.timeouts)],
  ['**repeated**: mutations that ran twice', ({ report }) => number(report.ranTwice)],
  ['**repeated**: calls to the client that ran twice', ({ report }) => number(report.confirmedTwice), true],
  ['**repeated**: items', ({ report }) => number(report.repeated)],
  ['**reordered**: items', ({ report }) => number(report.reordered)],
  ['gaps announced', ({ report }) => number(report.gapsAnnounced)],
  ['**gaps silent**', ({ report }) => number(report.gapsSilent)],
  [
    '**truncated**: streams that looked complete, to the client, to the server',
    ({ report }) => `${number(report.truncated)}, ${number(report.truncatedUp)}`,
    true,
  ],
  ['streams up that arrived otherwise than sent', ({ report }) => number(report.garbledUp), true],
  ['streams down cut short, announced', ({ report }) => number(report.cutShort), true],
  ['streams that failed on purpose', ({ report }) => number(report.failedOnPurpose), true],
  ['**unknown outcomes**: mutations', ({ report }) => unknown(report)],
  ['unknown outcomes: queries', ({ report }) => number(report.unknownQueries)],
  ['rejected as not run', ({ report }) => number(report.notRun)],
  ['of them had run', ({ report }) => number(report.notRunButRan + report.askedNotRunButRan)],
  ['wrong answers', ({ report }) => number(wrong(report))],
  ['crashes, uncaught errors', ({ report }) => `${report.crashes}, ${report.uncaught}`],
  ['answers that took over 30 s', ({ report }) => number(report.slow)],
  ['slowest answer', ({ report }) => `${(report.slowestMs / 1000).toFixed(1)} s`],
  ['server heap, start → end', ({ report }) => heap(report, 'server')],
  ['client heap, start → end', ({ report }) => heap(report, 'client')],
  ['verdict', ({ violations }) => (violations.length === 0 ? '**ok**' : 'not ok')],
];

/**
 * One column for each run, as Markdown.
 * @param {readonly Run[]} runs
 */
export function table(runs) {
  return [
    `| | ${runs.map(({ title }) => title).join(' | ')} |`,
    `|---|${runs.map(() => '--:').join('|')}|`,
    ...rows.map(([name, value, ofValues = false]) => {
      const cells = runs.map(({ judgement, carriesValues }) =>
        ofValues && !carriesValues ? 'cannot' : value(judgement),
      );
      return `| ${name} | ${cells.join(' | ')} |`;
    }),
  ].join('\n');
}

/** @param {number} count */
function number(count) {
  return count.toLocaleString('en');
}

/** @param {number} bytes */
function mebibytes(bytes) {
  return `${number(Math.round(bytes / 2 ** 20))} MiB`;
}

/** @param {Judgement['report']} report */
function wrong({ forged, answeredButNotRun, askedInVain }) {
  return forged + answeredButNotRun + askedInVain;
}

/** @param {Record<string, number>} counts */
function list(counts) {
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  return entries.map(([name, count]) => `${name} ${number(count)}`).join(', ') || '0';
}

/** @param {Judgement['report']} report */
function unknown({ unknownMutations, unknownThatRan }) {
  return unknownMutations === 0 ? '0' : `${number(unknownMutations)} (${number(unknownThatRan)} had run)`;
}

/**
 * @param {Judgement['report']} report
 * @param {'server' | 'client'} end
 */
function heap({ memoryAtStart, memoryAtEnd }, end) {
  const [start, later] = [memoryAtStart, memoryAtEnd].map((memory) =>
    (memory[end].heapUsed / 2 ** 20).toFixed(1),
  );
  return `${start} → ${later} MiB`;
}
