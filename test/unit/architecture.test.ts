/** Holds the program to its rooms and its style; each complaint says why the rule is there. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  findForbiddenImports,
  findImportCircles,
  findStyleBreaches,
  type SourceFile,
} from '../helpers/architecture.ts';
import { parseImports } from '../helpers/imports.ts';
import { checkout } from '../helpers/paths.ts';

const files: readonly SourceFile[] = globSync('{src,probes,components}/**/*.{ts,tsx}', { cwd: checkout })
  .sort()
  .map((path) => ({ path, source: readFileSync(`${checkout}/${path}`, 'utf8') }));

describe('the program', () => {
  test('is found by these checks', () => {
    expect(files.length).toBeGreaterThan(20);
  });
  test('imports only what each room may', () => {
    expect(findForbiddenImports(files)).toEqual([]);
  });
  test('has no circular imports', () => {
    expect(findImportCircles(files)).toEqual([]);
  });
  test('keeps to the house style', () => {
    expect(findStyleBreaches(files)).toEqual([]);
  });
});

describe('reading imports', () => {
  test('sees every form, and which are types alone', () => {
    const source = `
import type { A } from './a.ts';
import { type B, type C } from './b.ts';
import { D, type E } from '../d.ts';
import {
  F,
} from 'ink';
import './effect.ts';
export * from './g.ts';
export type { H } from './h.ts';
// import { no } from 'comment';
/** import('no') */
const later = await import('execa');
const width = createRequire(import.meta.url)('string-width').default;
new Worker(new URL('./work.ts', import.meta.url));
`;
    const read = (typeOnly: boolean, later = false) =>
      parseImports('src/view/x.ts', source)
        .filter((one) => one.typeOnly === typeOnly && one.later === later)
        .map((one) => one.target);
    expect(read(true)).toEqual(['src/view/a.ts', 'src/view/b.ts', 'src/view/h.ts']);
    expect(read(false)).toEqual(['src/d.ts', 'ink', 'src/view/effect.ts', 'src/view/g.ts']);
    expect(read(false, true)).toEqual(['execa', 'string-width', 'src/view/work.ts']);
  });
});

describe('the checks themselves', () => {
  test.each([
    ['src/model/bad.ts', "import { scan } from '../discover/scan.ts';"],
    ['src/model/bad.ts', "import { readFileSync } from 'node:fs';"],
    ['probes/bad.ts', "import { realSystem } from '../src/system/real.ts';"],
    ['probes/bad.ts', "import { readFileSync } from 'node:fs';"],
    ['src/discover/bad.ts', "const { execa } = await import('execa');"],
    ['src/path/bad.ts', "import { find } from '../checks/find.ts';"],
    ['src/checks/bad.ts', "import type { System } from '../system/system.ts';"],
    ['src/view/bad.ts', "import { Text } from 'ink';"],
    ['src/keys/bad.ts', "import { cells } from '../view/cells.ts';"],
    ['src/store/bad.ts', "import { scan } from '../discover/scan.ts';"],
    ['src/commands/bad.ts', "import { App } from '../../components/App.tsx';"],
    ['src/commands/bad.ts', "import { spawn } from 'node:child_process';"],
    ['components/Bad.tsx', "import { links } from '../probes/links.ts';"],
    ['components/Bad.tsx', "import type { System } from '../src/system/system.ts';"],
    ['components/Bad.tsx', "import { join } from 'node:path';"],
    ['src/main.ts', "import { App } from '../components/App.tsx';"],
    ['src/nowhere/bad.ts', ''],
  ])('%s may not: %s', (path, source) => {
    expect(findForbiddenImports([{ path, source }])).toHaveLength(1);
  });

  test.each([
    ['src/session/session.ts', "import { scan } from '../discover/scan.ts';"],
    ['src/commands/tui.tsx', "import { App } from '../../components/App.tsx';"],
    ['probes/good.ts', "import type { System } from '../src/system/system.ts';"],
    ['src/system/good.ts', "import koffi from 'koffi';"],
  ])('%s may: %s', (path, source) => {
    expect(findForbiddenImports([{ path, source }])).toEqual([]);
  });

  test('a circle of imports is named', () => {
    const circle = [
      { path: 'src/view/a.ts', source: "import { b } from './b.ts';" },
      { path: 'src/view/b.ts', source: "import { a } from './a.ts';" },
    ];
    expect(findImportCircles(circle)).toEqual(['src/view/a.ts -> src/view/b.ts -> src/view/a.ts']);
  });

  test.each([
    ['src/view/long.ts', `/** Long. */\n${'export const a = 1;\n'.repeat(300)}`],
    ['src/view/default.ts', '/** Default. */\nexport default 1;\n'],
    ['src/view/silent.ts', 'export const a = 1;\n'],
    ['src/view/camelCase.ts', '/** Camel. */\n'],
    ['components/panes/lower.tsx', '/** Lower. */\n'],
    ['src/view/utils.ts', '/** Anything. */\n'],
    ['src/checks/index.ts', '/** A list? */\nexport function check() {}\n'],
  ])('%s breaks the style', (path, source) => {
    expect(findStyleBreaches([{ path, source }])).toHaveLength(1);
  });
});
