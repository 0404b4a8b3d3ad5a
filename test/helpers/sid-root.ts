/**
 * A root directory with Docker 28, which Debian 12 does not have: Debian sid, made once by debootstrap(8) and kept
 * between runs. It takes about half a minute and 540 MB. Labs see it through an overlay and never write to it.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CACHE = '/var/cache/netpeek-test';
const MIRROR = 'http://deb.debian.org/debian';
const PACKAGES = 'docker.io,docker-cli,iptables,iproute2,ca-certificates';
/** Milliseconds for the download of 200 MB and its unpacking. */
const MAKE_LIMIT_MS = 600_000;

/** The path of the root, which is made if it is not there yet. */
export async function findSidRoot(): Promise<string> {
  const root = join(CACHE, 'sid-root');
  if (existsSync(root)) return root;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = mkdtempSync(join(CACHE, 'unfinished-'));
  try {
    await debootstrap(unfinished);
    // A finished root appears at once, whole; where two runs made one, the second run's is not needed.
    if (!existsSync(root)) renameSync(unfinished, root);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return root;
}

/** In namespaces of its own: debootstrap mounts /proc and starts whatever packages start when they are installed. */
async function debootstrap(directory: string): Promise<void> {
  const apart = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const make = ['debootstrap', '--variant=minbase', `--include=${PACKAGES}`, 'sid', directory, MIRROR];
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
  // mkdtemp makes directories for the owner alone, but a root is for all who run in it.
  await promisify(execFile)('chmod', ['755', directory]);
  await promisify(execFile)('unshare', [...apart, ...make], {
    env,
    timeout: MAKE_LIMIT_MS,
    maxBuffer: 1 << 24,
  });
}
