/**
 * What a module imports, read from its text: static imports and re-exports, and dynamic ones. No compiler is needed,
 * because the house writes imports in one form (Biome formats them).
 */
export type Import = {
  /** Relative ones as a path from the checkout's root (`src/model/link.ts`); packages as they are written. */
  readonly target: string;
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
  /** Loaded when it is asked for, not with the module: it decides nothing about which module is ready first. */
  readonly later: boolean;
};

const STATIC = /^(?:import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s+from\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;
/** What `require` of a module's own making loads is an import too. */
const REQUIRED = /\b(?:require|createRequire\([^)]*\))\(\s*'([^']+)'\s*\)/g;
/** A worker's file is loaded as an import is. */
const WORKER = /\bnew URL\(\s*'(\.[^']+)',\s*import\.meta\.url\s*\)/g;

/** Reads the imports of the module at `path`, a path from the checkout's root. */
export function parseImports(path: string, source: string): readonly Import[] {
  const code = source.replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm, '');
  const dynamic = [...code.matchAll(DYNAMIC), ...code.matchAll(REQUIRED), ...code.matchAll(WORKER)];
  return [
    ...[...code.matchAll(STATIC)].map(([text, type, target = '']) => ({
      target: resolveFrom(path, target),
      typeOnly: type !== undefined || namesOnlyTypes(text),
      later: false,
    })),
    ...dynamic.map(([, target = '']) => ({
      target: resolveFrom(path, target),
      typeOnly: false,
      later: true,
    })),
  ];
}

/** `import { type A, type B } from` names types alone. */
function namesOnlyTypes(text: string): boolean {
  const names = /^(?:import|export)\s+\{([^}]*)\}\s+from/.exec(text)?.[1]?.split(',') ?? [];
  const given = names.map((name) => name.trim()).filter((name) => name !== '');
  return given.length > 0 && given.every((name) => name.startsWith('type '));
}

function resolveFrom(path: string, target: string): string {
  return target.startsWith('.') ? new URL(target, `file:///${path}`).pathname.slice(1) : target;
}
