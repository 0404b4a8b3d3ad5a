// Bundles netpeek into dist/: main.js, the session's worker, and chunks that load only where they are used.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';
import { stubPlugin } from './build-plugins/stubs.mjs';

const plugins = [stubPlugin];
if (existsSync(new URL('./build-plugins/blessed.mjs', import.meta.url)))
  plugins.push((await import('./build-plugins/blessed.mjs')).blessedPlugin);

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
await build({
  absWorkingDir: new URL('..', import.meta.url).pathname,
  entryPoints: { main: 'src/main.ts', session: 'src/commands/session-worker.ts' },
  outdir: 'dist',
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
  legalComments: 'none',
  logLevel: 'warning',
  plugins,
});
