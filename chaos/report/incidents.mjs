/** @typedef {import('../judge/verdict.mjs').Judgement} Judgement */

/**
 * Some of what went wrong, and the slowest call, each with what befell its line before and what its client said.
 * @param {Judgement} judgement
 */
export function incidents({ incidents: all, report }) {
  const rejections = Object.entries(report.rejections).map(([why, count]) => `${why}: ${count}`);
  return [`Rejections: ${rejections.join(', ') || 'none'}`, ...all.flatMap(tell)].join('\n');
}

/** @param {Judgement['incidents'][number]} incident */
function tell({ at: moment, client, what, notes, faults }) {
  const before = [
    ...faults.map((fault) => ({ at: fault.at, what: `fault: ${fault.what}` })),
    ...notes.map((note) => ({ at: note.at, what: `client: ${note.what}` })),
  ];
  before.sort((a, b) => a.at - b.at);
  return [
    `- client ${client}: ${what}`,
    ...before.map(({ at, what: it }) => `    ${((moment - at) / 1000).toFixed(3)} s before, ${it}`),
  ];
}
