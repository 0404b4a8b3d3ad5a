// Bundles netpeek into dist/: main.js, the session's worker, and chunks that load only where they are used.
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { blessedPlugin } from './build-plugins/blessed.mjs';
import { partsPlugin } from './build-plugins/parts.mjs';
import { stubPlugin } from './build-plugins/stubs.mjs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

const root = new URL('..', import.meta.url).pathname;
// Built beside and then renamed, so that a netpeek that starts meanwhile finds the old program or the new one.
const fresh = `${root}dist.${process.pid}.tmp`;
const options = {
  absWorkingDir: root,
  outdir: fresh,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.12',
  // koffi brings a native library that is found beside its own files.
  external: ['koffi'],
  // React's development build costs memory and time on every frame.
  define: { 'process.env.NODE_ENV': '"production"', NETPEEK_VERSION: JSON.stringify(version) },
  // CommonJS packages inside an ES module bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as netpeekRequire } from 'node:module'; const require = netpeekRequire(import.meta.url);",
  },
  chunkNames: 'chunks/[name]-[hash]',
  // Names stay, so that a bug's stack can be read; the rest is smaller to read at every start.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [partsPlugin, stubPlugin, blessedPlugin],
};
await build({ ...options, entryPoints: { main: 'src/main.ts', netpeek: 'src/netpeek.ts' } });
await build({ ...options, entryPoints: { tui: 'src/commands/tui-screen.tsx' } });
await build({ ...options, entryPoints: { session: 'src/commands/session-worker.ts' } });
rmSync(`${root}dist`, { recursive: true, force: true });
renameSync(fresh, `${root}dist`);
