/** The house's rules about files, as functions from files to complaints; test/unit/architecture.test.ts runs them. */
import { type Import, parseImports } from './imports.ts';
import { type Room, rooms } from './rooms.ts';

/** A source file: its path from the checkout's root, and its text. */
export type SourceFile = { readonly path: string; readonly source: string };

/** Lines of one file; tables of data, generated or typed off a header, may be longer. */
const LINE_LIMIT = 300;

/** Imports that the importing room may not have. */
export function findForbiddenImports(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, source }) => {
    const room = rooms.find((candidate) => path.startsWith(candidate.path));
    if (!room) return [`${path} lies in no room of the design (test/helpers/rooms.ts lists them)`];
    const forbidden = parseImports(path, source).filter((wanted) => !mayImport(room, wanted));
    return forbidden.map(({ target }) => `${path} imports ${target}: ${room.why}`);
  });
}

function mayImport(room: Room, wanted: Import): boolean {
  return room.mayImport.some((allowed) => {
    const name = allowed.replace(/^type /, '');
    return (name === allowed || wanted.typeOnly) && covers(name, wanted.target);
  });
}

function covers(allowed: string, target: string): boolean {
  if (allowed === 'node:*') return target.startsWith('node:');
  if (allowed.endsWith('/')) return target.startsWith(allowed) && target !== 'src/main.ts';
  return target === allowed || target.startsWith(`${allowed}/`);
}

/** Circles of imports that exist while the program runs: which module is ready first would depend on the entry. */
export function findImportCircles(files: readonly SourceFile[]): readonly string[] {
  const imports = new Map(
    files.map(({ path, source }) => [
      path,
      parseImports(path, source).filter((one) => !one.typeOnly && !one.later),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const { target } of imports.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return circles;
}

/** Files that are named, sized or built against the house style. */
export function findStyleBreaches(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap(({ path, source }) => {
    const complaints: string[] = [];
    const complain = (breach: string) => complaints.push(`${path}: ${breach}`);
    const lines = source.trimEnd().split('\n');
    if (lines.length > LINE_LIMIT) complain(`${lines.length} lines; split what is over ${LINE_LIMIT}`);
    if (/^export default\b/m.test(source)) complain('a default export; names say what is imported');
    if (!/^(\/\*\*|\/\/)/m.test(source)) complain('no comment that says what it is');
    if (!isWellNamed(path)) complain('files are kebab-case, components PascalCase, hooks camelCase');
    if (/(^|\/)(utils|helpers?|manager)\.tsx?$/.test(path))
      complain('a name that says nothing of its content');
    if (path.endsWith('/index.ts') && declaresMore(source))
      complain('an index.ts is a list and nothing else');
    return complaints;
  });
}

function isWellNamed(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^components\/hooks\//.test(path)) return /^use[A-Za-z0-9]+\.tsx?$|^[a-z0-9-]+\.ts$/.test(name);
  if (path.startsWith('components/') && name.endsWith('.tsx')) return /^[A-Z][A-Za-z0-9]*\.tsx$/.test(name);
  return /^[a-z0-9]+(-[a-z0-9]+)*(\.d|\.test)?\.tsx?$/.test(name);
}

/** Whatever an index.ts has besides imports, comments and exported lists. */
function declaresMore(source: string): boolean {
  return /^(export )?(async )?(function|class|enum|let|type)\b/m.test(source);
}
