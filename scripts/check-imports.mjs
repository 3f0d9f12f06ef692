// Who may import whom. The layers of ARCHITECTURE.md only hold if something refuses an arrow that points upwards,
// so this script reads every import (static, dynamic, re-export, `import type`, `import('x').T`) and refuses:
//
//   - an arrow between packages or between layers of a package that the tables below do not list;
//   - an external module in a layer that the tables do not grant it to;
//   - a source file that belongs to no layer;
//   - a cycle between files (one made only of type imports is still a cycle);
//   - any `unstable-*` entry, in code and in the code blocks of Markdown files;
//   - anything of the workspace in the conformance suite, which must know PROTOCOL.md alone.
//
// Usage: node scripts/check-imports.mjs [root]. Exit code 1 and one line per violation.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';

/**
 * One entry per layer. `files` matches a path inside the package; the first match wins. `layers` lists the layers of
 * the same package that it may import (its own is always allowed). `modules` lists the other modules; `node:` means
 * every builtin of Node, and a package's name covers its subpaths.
 */
const PACKAGES = {
  core: [
    { layer: 'globals', files: /^src\/globals\.d\.ts$/, layers: [], modules: [] },
    { layer: 'wire', files: /^src\/wire\//, layers: [], modules: [] },
    { layer: 'session', files: /^src\/session\//, layers: ['wire'], modules: [] },
    { layer: 'rpc', files: /^src\/rpc\//, layers: ['session', 'wire'], modules: [] },
    { layer: 'trpc', files: /^src\/trpc\//, layers: ['rpc', 'session', 'wire'], modules: ['@trpc/server'] },
    {
      layer: 'channels',
      files: /^src\/channels\//,
      layers: ['trpc', 'rpc', 'session', 'wire'],
      modules: ['@trpc/server'],
    },
    {
      layer: 'index',
      files: /^src\/index\.ts$/,
      layers: ['rpc', 'session', 'wire'],
      modules: [],
    },
  ],
  'adapter-node': [
    {
      layer: 'adapter',
      files: /^src\//,
      layers: [],
      modules: ['@hawser/core', '@trpc/server', 'ws', 'node:'],
    },
  ],
  client: [
    {
      layer: 'node',
      files: /^src\/node(-[\w-]+)?\.ts$/,
      layers: ['browser'],
      modules: ['@hawser/core', '@trpc/client', '@trpc/server', 'ws', 'node:'],
    },
    {
      layer: 'browser',
      files: /^src\//,
      layers: [],
      modules: ['@hawser/core', '@trpc/client', '@trpc/server'],
    },
  ],
  react: [{ layer: 'hooks', files: /^src\//, layers: [], modules: ['@hawser/client', 'react'] }],
};

/** Modules whose values (types are free) may be imported in the listed files only. */
const VALUES_ONLY_IN = [
  { package: 'client', module: '@trpc/client', files: [/^src\/trpc(-[\w-]+)?\.ts$/, /^src\/errors\.ts$/] },
  { package: 'client', module: '@trpc/server', files: [/^src\/trpc(-[\w-]+)?\.ts$/] },
];

/** Files outside the packages in which an `unstable-*` entry is refused too. */
const UNSTABLE_ROOTS = [
  'packages',
  'examples',
  'docs',
  'bench',
  'test',
  'conformance',
  'scripts',
  'README.md',
];

/** The conformance suite spawns `server.mjs`: these files may load the built server, and no other may import them. */
const CONFORMANCE_SERVER = /^conformance\/server(-[\w-]+)?\.mjs$/;

const CODE_FILE = /\.(?:[cm]?ts|[cm]?js|tsx|jsx)$/;
const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'coverage', 'fixtures']);
const MARKDOWN_UNSTABLE = /(?:from|import|require)\s*\(?\s*['"]([^'"]*\/unstable-[^'"]*)['"]/g;

/** @returns {string[]} one line per violation, empty when every rule holds */
export function checkImports(root) {
  const violations = [];
  checkPackages(root, violations);
  checkConformance(root, violations);
  checkUnstable(root, violations);
  return violations;
}

function checkPackages(root, violations) {
  for (const name of readFolder(join(root, 'packages'))) {
    const rules = PACKAGES[name];
    if (!rules) {
      violations.push(`packages/${name}: no rules for this package, add them to PACKAGES`);
      continue;
    }
    const folder = join(root, 'packages', name);
    const graph = new Map();
    for (const file of listFiles(join(folder, 'src')).filter((path) => CODE_FILE.test(path))) {
      const imports = readImports(file);
      graph.set(file, imports.map((entry) => resolveRelative(file, entry.specifier)).filter(Boolean));
      checkFile({ root, folder, name, rules, file, imports, violations });
    }
    for (const cycle of findCycles(graph)) {
      violations.push(`cycle: ${cycle.map((file) => show(root, file)).join(' -> ')}`);
    }
  }
}

function checkFile({ root, folder, name, rules, file, imports, violations }) {
  const inPackage = (path) => toPosix(relative(folder, path));
  const ruleOf = (path) => rules.find((rule) => rule.files.test(inPackage(path)));
  const own = ruleOf(file);
  const say = (text) => violations.push(`${show(root, file)}: ${text}`);
  if (!own) {
    say('belongs to no layer, add it to PACKAGES');
    return;
  }
  for (const { specifier, value } of imports) {
    if (!specifier.startsWith('.')) {
      if (!own.modules.some((module) => covers(module, specifier))) {
        say(`layer ${own.layer} may not import ${specifier}`);
      }
      const limit = VALUES_ONLY_IN.find((entry) => entry.package === name && covers(entry.module, specifier));
      if (value && limit && !limit.files.some((pattern) => pattern.test(inPackage(file)))) {
        say(`imports values of ${specifier}; only types are allowed here (VALUES_ONLY_IN)`);
      }
      continue;
    }
    const target = resolveRelative(file, specifier);
    if (!target) say(`cannot resolve ${specifier}`);
    else if (!inPackage(target).startsWith('src/')) say(`${specifier} leaves the package's src`);
    else checkLayers(own, ruleOf(target), specifier, say);
  }
}

function checkLayers(own, other, specifier, say) {
  if (!other || other.layer === own.layer || own.layers.includes(other.layer)) return;
  say(`layer ${own.layer} may not import layer ${other.layer} (${specifier})`);
}

function checkConformance(root, violations) {
  for (const file of listFiles(join(root, 'conformance')).filter((path) => CODE_FILE.test(path))) {
    const path = show(root, file);
    if (CONFORMANCE_SERVER.test(path)) continue;
    for (const { specifier } of readImports(file)) {
      const target = specifier.startsWith('.') ? show(root, resolve(dirname(file), specifier)) : undefined;
      const outside = target !== undefined && !target.startsWith('conformance/');
      if (outside || (target && CONFORMANCE_SERVER.test(target)) || specifier.startsWith('@hawser/')) {
        violations.push(`${path}: the conformance suite may not import ${specifier}`);
      }
    }
  }
}

function checkUnstable(root, violations) {
  for (const file of UNSTABLE_ROOTS.flatMap((entry) => listFiles(join(root, entry)))) {
    const say = (specifier) =>
      violations.push(`${show(root, file)}: imports the unstable entry ${specifier}`);
    if (CODE_FILE.test(file)) {
      for (const { specifier } of readImports(file)) if (/\/unstable-/.test(specifier)) say(specifier);
    } else if (file.endsWith('.md')) {
      for (const match of readFileSync(file, 'utf8').matchAll(MARKDOWN_UNSTABLE)) say(match[1]);
    }
  }
}

/** Every module specifier of a file; `value` tells whether something of it survives compilation. */
function readImports(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, false);
  const found = [];
  const add = (node, value) => {
    if (node && ts.isStringLiteralLike(node)) found.push({ specifier: node.text, value });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, importsValue(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, exportsValue(node));
    else if (ts.isImportTypeNode(node)) add(node.argument.literal, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], true);
    } else if (ts.isExternalModuleReference(node)) add(node.expression, true);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function importsValue(clause) {
  if (!clause) return true;
  if (clause.isTypeOnly) return false;
  if (clause.name || !clause.namedBindings || ts.isNamespaceImport(clause.namedBindings)) return true;
  return clause.namedBindings.elements.some((element) => !element.isTypeOnly);
}

function exportsValue(node) {
  if (node.isTypeOnly) return false;
  if (!node.exportClause || ts.isNamespaceExport(node.exportClause)) return true;
  return node.exportClause.elements.some((element) => !element.isTypeOnly);
}

/** Each strongly connected set of files is reported once, as one of its cycles. */
function findCycles(graph) {
  const state = new Map();
  const path = [];
  const cycles = [];
  const visit = (file) => {
    state.set(file, 'open');
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      if (state.get(next) === 'open') cycles.push([...path.slice(path.indexOf(next)), next]);
      else if (!state.has(next) && graph.has(next)) visit(next);
    }
    path.pop();
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file);
  return cycles;
}

function resolveRelative(from, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const base = resolve(dirname(from), specifier);
  const stem = base.replace(/\.([cm]?)js$/, '.$1');
  const candidates = [base, `${stem}ts`, `${stem}d.ts`, `${base}.d.ts`, base.replace(/\.js$/, '.tsx')];
  return candidates.find((path) => existsSync(path) && statSync(path).isFile());
}

function covers(module, specifier) {
  if (module === 'node:') return specifier.startsWith('node:') || builtinModules.includes(specifier);
  return specifier === module || specifier.startsWith(`${module}/`);
}

function listFiles(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readFolder(path)
    .filter((name) => !SKIPPED_FOLDERS.has(name))
    .flatMap((name) => listFiles(join(path, name)));
}

function readFolder(path) {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

function show(root, path) {
  return toPosix(relative(root, path));
}

function toPosix(path) {
  return path.split(sep).join('/');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const violations = checkImports(resolve(process.argv[2] ?? '.'));
  for (const line of violations) console.error(line);
  console.log(violations.length === 0 ? 'imports: ok' : `imports: ${violations.length} violation(s)`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
