/**
 * The file that is started: answers `--version` at once, and loads the program for anything else. It must run on any
 * Node, to be able to say that this one is too old.
 */
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';
import { version } from './version.ts';

const OLDEST = [22, 12];
const NOT_PERMITTED = 4;

const argv = process.argv.slice(2);
process.exitCode = await start();
process.exit();

async function start(): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  if (isTooOld(process.versions.node)) {
    const needs = `netpeek needs Node ${OLDEST.join('.')} or later, this is ${process.versions.node}`;
    process.stderr.write(`${needs}: start it with 'npm start' or scripts/netpeek, which bring their own\n`);
    return NOT_PERMITTED;
  }
  // Beside the program and not in /tmp, where somebody else could leave code for root to run.
  module.enableCompileCache(fileURLToPath(new URL('./cache', import.meta.url)));
  const { run } = await import('./netpeek.ts');
  return run(argv, import.meta.url);
}

function isTooOld(found: string): boolean {
  const [major = 0, minor = 0] = found.split('.').map(Number);
  return major < (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor < (OLDEST[1] ?? 0));
}
