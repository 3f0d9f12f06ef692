import { ratios, spread } from '../rounds.mjs';
import { scenarios } from './scenarios.mjs';
import { bare, own, peers } from './speed-contender.mjs';
import { number, short } from './speed-table.mjs';

/**
 * A row for each scenario that has a result, a column for each contender: its ratio to bare `ws`, as Markdown.
 * @param {readonly import('./results.mjs').Result[]} results
 */
export function overview(results) {
  const measured = scenarios.flatMap((scenario) => {
    const rows = results.find((result) => result.scenario === scenario.name)?.rows ?? [];
    return rows.some(({ contender }) => contender === bare) ? [{ scenario, rows }] : [];
  });
  if (measured.length === 0) return 'Not measured yet.';
  const all = measured.flatMap(({ rows }) => rows);
  const columns = [...own, 'hawser-channel', ...peers].flatMap(
    (name) => all.find(({ contender }) => contender === name) ?? [],
  );
  const lines = measured.map(({ scenario, rows }) => {
    const base = rows.find(({ contender }) => contender === bare)?.values ?? [];
    return [
      `${scenario.title} (${scenario.better} is better)`,
      ...columns.map(({ contender }) => {
        const values = rows.find((row) => row.contender === contender)?.values;
        if (!values) return '';
        return contender === bare
          ? `${number(spread(values).median)} ${scenario.unit}`
          : short(spread(ratios(values, base)).median);
      }),
    ];
  });
  const head = ['', ...columns.map(({ title }) => title)];
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
