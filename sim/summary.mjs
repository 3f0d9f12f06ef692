/**
 * @typedef {import('./workers.mjs').Report} Report
 * @typedef {import('./workers.mjs').Counts} Counts
 */

/** How often a line of progress is printed at most. */
const progressMs = 10_000;

/** Violations that are told in full. */
const told = 5;

/** Adds up what came of many worlds, and tells how far it has got. */
export class Summary {
  #worlds;
  #started = performance.now();
  #toldAt = this.#started;
  /** @type {Record<string, number | Counts>} */
  #tally = {};
  #hash = [0, 0];
  #cpuMs = 0;
  /** @type {import('./workers.mjs').Finding[]} */
  #findings = [];
  violations = 0;

  /** @param {number} worlds */
  constructor(worlds) {
    this.#worlds = worlds;
  }

  /** @param {Report} report */
  add({ tally, violations, hash, cpuMs }) {
    merge(this.#tally, tally);
    this.#hash = this.#hash.map((part, i) => (part + (hash[i] ?? 0)) >>> 0);
    this.#cpuMs += cpuMs;
    this.violations += violations.length;
    this.#findings.push(...violations);
    // A long run is to be looked into before it ends.
    for (const finding of violations) console.log(describe(finding));
    this.#findings.sort((one, other) => one.seed - other.seed).splice(told);
    this.#progress();
  }

  get text() {
    const { worlds = 0, faults = {}, lost = {}, settled = {}, channels = {}, ...rest } = this.#tally;
    const seconds = (performance.now() - this.#started) / 1000;
    const each = this.#cpuMs / Math.max(1, Number(worlds));
    const hash = this.#hash.map((part) => part.toString(16).padStart(8, '0')).join('');
    return [
      '',
      `worlds          ${worlds}`,
      ...Object.entries(rest).map(([name, value]) => `${name.padEnd(15)} ${value}`),
      `calls settled  ${listed(settled)}`,
      `channels gave  ${listed(channels)}`,
      `sessions lost  ${listed(lost)}`,
      `faults         ${listed(faults)}`,
      `wall time       ${seconds.toFixed(1)} s, ${each.toFixed(2)} ms of CPU a world`,
      `hash            ${hash}`,
      `violations      ${this.violations}`,
      ...this.#findings.map(describe),
    ].join('\n');
  }

  #progress() {
    const now = performance.now();
    if (now - this.#toldAt < progressMs) return;
    this.#toldAt = now;
    const done = Number(this.#tally['worlds'] ?? 0);
    const left = ((now - this.#started) / Math.max(1, done)) * (this.#worlds - done);
    console.log(
      `${done} of ${this.#worlds} worlds, ${this.violations} violations, ${Math.ceil(left / 1000)} s to go`,
    );
  }
}

/** @param {import('./workers.mjs').Finding} finding */
function describe({ seed, violation }) {
  return `\n  seed ${seed}: ${violation.invariant}\n    ${violation.detail}\n    npm run sim -- --seed ${seed}`;
}

/**
 * @param {Record<string, number | Counts>} sum
 * @param {Record<string, number | Counts>} addend
 */
function merge(sum, addend) {
  for (const [name, value] of Object.entries(addend)) {
    if (typeof value === 'number') sum[name] = Number(sum[name] ?? 0) + value;
    else {
      sum[name] ??= {};
      merge(/** @type {Counts} */ (sum[name]), value);
    }
  }
}

/** @param {number | Counts} counts */
function listed(counts) {
  const entries = Object.entries(counts).sort(([, one], [, other]) => Number(other) - Number(one));
  return entries.map(([name, value]) => `\n  ${String(value).padStart(9)}  ${name}`).join('');
}
